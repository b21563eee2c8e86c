"""The constructors that parity is shown for; prints them as JSON.

Each is an expression in the namespace of one file of an installed package, or of one of our own in ../models. The first of a
family is its smallest: the quick run reads only that.
"""

import importlib
import inspect
import json
import pathlib
import sysconfig

import frameworks  # noqa: F401
import keras
import timm
import torchvision

MODELS = pathlib.Path(__file__).parent.parent / "models"

# A family is a file of timm.models, for the most part.
TIMM = {
    "beit": ["beit_base_patch16_224", "beitv2_base_patch16_224", "beit_large_patch16_224"],
    "byobnet": ["repvgg_a0", "mobileone_s0", "repvgg_b1g4", "gernet_s", "regnetz_b16"],
    "cait": ["cait_xxs24_224", "cait_s24_224"],
    "convmixer": ["convmixer_768_32", "convmixer_1024_20_ks9_p14"],
    "convnext": ["convnext_atto", "convnext_tiny", "convnextv2_atto", "convnext_base"],
    "deit": ["deit_tiny_patch16_224", "deit_tiny_distilled_patch16_224", "deit3_small_patch16_224"],
    "densenet": ["densenet121", "densenet169", "densenetblur121d"],
    "edgenext": ["edgenext_xx_small", "edgenext_small"],
    "efficientformer": ["efficientformer_l1", "efficientformer_l3"],
    "efficientnet": ["mnasnet_small", "efficientnet_b0", "mobilenetv2_100", "efficientnet_b3", "tf_efficientnetv2_s"],
    "eva": ["eva02_tiny_patch14_224", "eva02_small_patch14_224", "eva02_base_patch14_224"],
    "ghostnet": ["ghostnet_050", "ghostnet_100", "ghostnetv2_100"],
    "hiera": ["hiera_tiny_224", "hiera_small_224"],
    "hrnet": ["hrnet_w18_small", "hrnet_w18"],
    "inception_v3": ["inception_v3"],
    "inception_v4": ["inception_v4"],
    "levit": ["levit_128s", "levit_128", "levit_256", "levit_conv_128s"],
    "maxxvit": ["coatnet_pico_rw_224", "coatnet_0_rw_224", "maxvit_pico_rw_256", "maxvit_tiny_tf_224"],
    "metaformer": ["poolformer_s12", "poolformerv2_s12", "convformer_s18", "caformer_s18"],
    "mlp_mixer": ["gmlp_ti16_224", "mixer_s16_224", "resmlp_12_224", "mixer_b16_224"],
    "mobilenetv3": ["mobilenetv3_small_050", "mobilenetv3_large_100", "mobilenetv4_conv_small"],
    "mobilevit": ["mobilevit_xxs", "mobilevit_s", "mobilevitv2_050"],
    "nfnet": ["nf_regnet_b0", "dm_nfnet_f0", "nf_resnet50", "nfnet_l0"],
    "pvt_v2": ["pvt_v2_b0", "pvt_v2_b1", "pvt_v2_b2_li"],
    "regnet": ["regnetx_002", "regnety_004", "regnety_032", "regnetz_005"],
    "res2net": ["res2net50_48w_2s", "res2net50_26w_4s", "res2next50"],
    "resnet": ["resnet10t", "resnet18", "resnet50", "seresnet50", "ecaresnet26t", "resnetrs50", "resnext50_32x4d"],
    "resnetv2": ["resnetv2_18", "resnetv2_50", "resnetv2_50x1_bit"],
    "senet": ["legacy_seresnet18", "legacy_seresnet50", "legacy_seresnext26_32x4d"],
    "swin_transformer": ["swin_tiny_patch4_window7_224", "swin_small_patch4_window7_224"],
    "swin_transformer_v2": ["swinv2_tiny_window8_256", "swinv2_small_window8_256"],
    "tresnet": ["tresnet_m", "tresnet_l"],
    "vgg": ["vgg11", "vgg16_bn"],
    "vision_transformer": ["vit_tiny_patch16_224", "vit_small_patch16_224", "vit_base_patch16_224", "vit_base_patch32_clip_224"],
    "xcit": ["xcit_nano_12_p16_224", "xcit_tiny_12_p16_224", "xcit_small_12_p16_224"],
}

# Settings of small models, as most of them are called.
SMALL = "vocab_size=1000, hidden_size=96, num_hidden_layers=2, num_attention_heads=4, intermediate_size=200"
GROUPED = "vocab_size=1000, hidden_size=96, num_hidden_layers=2, num_attention_heads=8, num_key_value_heads=2, intermediate_size=200"
IMAGES = "hidden_size=96, num_hidden_layers=2, num_attention_heads=4, image_size=64, patch_size=16"
TWOFOLD = (
    "vocab_size=1000, d_model=96, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, "
    "encoder_ffn_dim=200, decoder_ffn_dim=200"
)

# Expressions in the file that defines the model.
TRANSFORMERS = {
    "gpt2": [
        ("gpt2-small", "GPT2LMHeadModel(GPT2Config(vocab_size=1000, n_positions=128, n_embd=96, n_layer=3, n_head=4))"),
        ("gpt2", "GPT2LMHeadModel(GPT2Config())"),
    ],
    "bert": [
        (
            "bert-small",
            "BertModel(BertConfig(vocab_size=1000, hidden_size=96, num_hidden_layers=3, num_attention_heads=4, intermediate_size=200))",
        ),
        ("bert", "BertModel(BertConfig())"),
        ("bert-classifier", "BertForSequenceClassification(BertConfig(num_labels=3))"),
    ],
    "llama": [
        (
            "llama-small",
            "LlamaForCausalLM(LlamaConfig(vocab_size=1000, hidden_size=96, intermediate_size=200, num_hidden_layers=3, "
            "num_attention_heads=8, num_key_value_heads=2))",
        ),
        ("llama-2-layers", "LlamaForCausalLM(LlamaConfig(num_hidden_layers=2))"),
        ("llama", "LlamaForCausalLM(LlamaConfig())"),
    ],
    "vit": [
        (
            "vit-small",
            "ViTForImageClassification(ViTConfig(hidden_size=96, num_hidden_layers=3, num_attention_heads=4, intermediate_size=200, "
            "image_size=64, patch_size=8, num_labels=10))",
        ),
        ("vit", "ViTForImageClassification(ViTConfig())"),
    ],
    # Nothing that reads those above may be fitted to them.
    "albert": [("albert-small", f"AlbertModel(AlbertConfig({SMALL}))")],
    "bart": [("bart-small", f"BartForConditionalGeneration(BartConfig({TWOFOLD}))")],
    "clip": [("clip-vision-small", f"CLIPVisionModel(CLIPVisionConfig({IMAGES}, intermediate_size=200))")],
    "deberta_v2": [("deberta-v2-small", f"DebertaV2Model(DebertaV2Config({SMALL}))")],
    "dinov2": [("dinov2-small", f"Dinov2Model(Dinov2Config({IMAGES}))")],
    "distilbert": [
        (
            "distilbert-small",
            "DistilBertForSequenceClassification(DistilBertConfig(vocab_size=1000, dim=96, n_layers=2, n_heads=4, hidden_dim=200))",
        )
    ],
    "electra": [("electra-small", f"ElectraForPreTraining(ElectraConfig({SMALL}))")],
    "gemma": [("gemma-small", f"GemmaForCausalLM(GemmaConfig({GROUPED}, head_dim=12))")],
    "gemma3": [("gemma3-small", f"Gemma3ForCausalLM(Gemma3TextConfig({GROUPED}, head_dim=12))")],
    "mamba": [("mamba-small", "MambaForCausalLM(MambaConfig(vocab_size=1000, hidden_size=96, num_hidden_layers=2))")],
    "mistral": [("mistral-small", f"MistralForCausalLM(MistralConfig({GROUPED}))")],
    "mixtral": [("mixtral-small", f"MixtralForCausalLM(MixtralConfig({GROUPED}))")],
    "modernbert": [("modernbert-small", f"ModernBertModel(ModernBertConfig({SMALL}, pad_token_id=0))")],
    "opt": [
        (
            "opt-small",
            "OPTForCausalLM(OPTConfig(vocab_size=1000, hidden_size=96, num_hidden_layers=2, ffn_dim=200, num_attention_heads=4, "
            "word_embed_proj_dim=96))",
        )
    ],
    "phi3": [("phi3-small", f"Phi3ForCausalLM(Phi3Config({GROUPED}, pad_token_id=0))")],
    "qwen2": [("qwen2-small", f"Qwen2ForCausalLM(Qwen2Config({GROUPED}))")],
    "qwen3": [("qwen3-small", f"Qwen3ForCausalLM(Qwen3Config({GROUPED}))")],
    "roberta": [("roberta-small", f"RobertaForMaskedLM(RobertaConfig({SMALL}))")],
    "swin": [
        (
            "swin-small",
            "SwinForImageClassification(SwinConfig(depths=[2, 2], num_heads=[2, 4], embed_dim=32, image_size=64))",
        )
    ],
    "t5": [
        (
            "t5-small",
            "T5ForConditionalGeneration(T5Config(vocab_size=1000, d_model=96, d_kv=24, d_ff=200, num_layers=2, num_heads=4))",
        )
    ],
    "whisper": [("whisper-small", f"WhisperForConditionalGeneration(WhisperConfig({TWOFOLD.replace('vocab_size=1000, ', '')}))")],
}

# What is not the first of its family by name.
SMALLEST_OF_KERAS = {"ConvNeXtTiny", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2"}

# Files of ../models: the name that GradLens gives the model, and the expression that makes it in Python. GradLens is not told the
# expression: it reads the file as it stands.
OWN = {
    "autoencoder": [("AutoEncoder", "model")],
    "bilstm_tagger": [("BiLSTMTagger", "BiLSTMTagger(VOCAB, CHARS, TAGS)")],
    "conv_lstm": [("ConvLSTM", "ConvLSTM(1, [16, 8], (3, 3), 2, batch_first=True)")],
    "dcgan": [("Generator", "netG"), ("Discriminator", "netD")],
    "deep_sets": [("DeepSets", "DeepSets(pool='max')")],
    "dense_net": [("densenet_cifar", "densenet_cifar()")],
    "dueling_dqn": [("DuelingDQN", "DuelingDQN(n_actions=4)")],
    "film": [("FiLMNet", "FiLMNet()")],
    "graph_network": [("GraphNet", "GraphNet(nfeat=33, nhid=16, nclass=7, dropout=0.5, nheads=3)")],
    "gru_classifier": [("GRUClassifier", "GRUClassifier(5000, hidden_dim=128)")],
    "highway": [("CharHighwayLM", "CharHighwayLM()")],
    "lightning_classifier": [("LitClassifier", "LitClassifier(hidden_dim=256)")],
    "llama_like": [("Transformer", "Transformer(ModelArgs(n_kv_heads=2, vocab_size=1024))")],
    "make_layer_resnet": [("ResNet", "resnext29(num_classes=100)")],
    "mixed_initialisation": [("Net", "Net()")],
    "mixture_of_experts": [("MoEClassifier", "MoEClassifier()")],
    "mobile_net": [("MobileNetV2", "MobileNetV2(num_classes=100, width_mult=0.75)")],
    "nano_gpt": [("GPT", "GPT(GPTConfig())")],
    "nerf": [("NeRF", "coarse")],
    "perceiver": [("Perceiver", "Perceiver(share=True)")],
    "pinn": [("FCN", "PINN")],
    "pointnet": [("PointNetCls", "PointNetCls()")],
    "seq2seq_attention": [("Seq2Seq", "model")],
    "siamese": [("SiameseNetwork", "SiameseNetwork()")],
    "simple_vit": [("ViT", "v")],
    "siren": [("Siren", "img_siren")],
    "spectral_critic": [("Critic", "Critic()")],
    "squeeze_excite": [("SENet", "model")],
    "tcn": [("TCN", "model")],
    "tied_lm": [("RNNModel", "RNNModel('LSTM', 1000, 80, 80, 2, tie_weights=True)")],
    "transformer_seq2seq": [("Seq2SeqTransformer", "transformer")],
    "unet": [("UNET", "UNET(in_channels=1, out_channels=1)")],
    "unet_diffusion": [("Unet", "Unet(dim=32, channels=1)")],
    "vae": [("VAE", "VAE()")],
    "wavenet": [("WaveNet", "WaveNet()")],
}

# Too large to be made: only paths and shapes are compared, of tensors without memory.
WITHOUT_VALUES = {"transformers/llama"}


def constructor(framework, family, name, file, expression, **more):
    return {
        "id": f"{framework}/{name}",
        "framework": framework,
        "family": family,
        "file": str(file),
        "expression": expression,
        "values": f"{framework}/{name}" not in WITHOUT_VALUES,
        **more,
    }


def size(name):
    return torchvision.models.get_model_weights(name).DEFAULT.meta["num_params"]


def of_torchvision():
    for name in sorted(torchvision.models.list_models(module=torchvision.models), key=size):
        builder = torchvision.models.get_model_builder(name)
        file = pathlib.Path(inspect.getsourcefile(inspect.unwrap(builder)))
        yield constructor("torchvision", file.stem, name, file, f"{name}()")


def of_timm():
    for family, names in TIMM.items():
        for name in names:
            builder = timm.models.model_entrypoint(name)
            yield constructor("timm", family, name, inspect.getsourcefile(builder), f"{name}()")


def of_keras():
    models = {name: model for name, model in vars(keras.applications).items() if inspect.isfunction(model)}
    for name, model in sorted(models.items(), key=lambda item: (item[0] not in SMALLEST_OF_KERAS, item[0])):
        file = pathlib.Path(inspect.getsourcefile(inspect.unwrap(model)))
        yield constructor("keras", file.stem, name, file, f"{name}(weights=None)")


def of_transformers():
    for family, models in TRANSFORMERS.items():
        module = importlib.import_module(f"transformers.models.{family}.modeling_{family}")
        for name, expression in models:
            yield constructor("transformers", family, name, module.__file__, expression)


def of_ourselves():
    for file, models in OWN.items():
        for name, expression in models:
            ident = file if len(models) == 1 else f"{file}-{name.lower()}"
            yield constructor("own", "own", ident, MODELS / f"{file}.py", expression, model=name)


if __name__ == "__main__":
    answer = {
        "sitePackages": sysconfig.get_path("purelib"),
        "constructors": [*of_ourselves(), *of_torchvision(), *of_timm(), *of_keras(), *of_transformers()],
    }
    print(json.dumps(answer))
