/** An input of a model: the shape with its batch, and for indices how many there are. */
export interface Input {
  readonly shape: readonly number[];
  readonly tokens: number | null;
  /** Given by name: those before it are left out. */
  readonly name?: string;
}

export interface ForwardCase {
  /** Of a constructor in the catalogue. */
  readonly id: string;
  readonly inputs: readonly Input[];
}

const numbers = (...shape: readonly number[]): Input => ({ shape, tokens: null });
const tokens = (count: number, ...shape: readonly number[]): Input => ({ shape, tokens: count });
const called = (name: string, input: Input): Input => ({ ...input, name });
const of = (id: string, ...inputs: readonly Input[]): ForwardCase => ({ id, inputs });
const image = (side: number, channels = 3): Input => numbers(2, channels, side, side);

/** Networks that are run on a checkpoint: convolutions, grouped ones, attention, recurrence, and what else models are made of. */
export const cases: readonly ForwardCase[] = [
  of('own/autoencoder', image(28, 1)),
  of('own/bilstm_tagger', tokens(2000, 2, 12), tokens(80, 2, 12, 8)),
  of('own/conv_lstm', numbers(2, 3, 1, 16, 16)),
  of('own/dcgan-generator', numbers(2, 100, 1, 1)),
  of('own/dcgan-discriminator', image(32)),
  of('own/deep_sets', numbers(2, 20, 3)),
  of('own/dense_net', image(32)),
  of('own/dueling_dqn', image(84, 4)),
  of('own/film', image(64), tokens(90, 2, 12)),
  of('own/graph_network', numbers(50, 33), numbers(50, 50)),
  of('own/highway', tokens(60, 2, 21)),
  of('own/lightning_classifier', image(28, 1)),
  of('own/llama_like', tokens(1024, 2, 16)),
  of('own/make_layer_resnet', image(32)),
  of('own/mobile_net', image(64)),
  of('own/nano_gpt', tokens(512, 2, 16)),
  of('own/nerf', numbers(8, 90)),
  of('own/perceiver', numbers(2, 30, 32)),
  of('own/pinn', numbers(8, 2)),
  of('own/pointnet', numbers(2, 3, 64)),
  of('own/siamese', image(85, 1), image(85, 1)),
  of('own/simple_vit', image(64)),
  of('own/siren', numbers(8, 2)),
  of('own/spectral_critic', image(32), tokens(10, 2)),
  of('own/squeeze_excite', image(32)),
  of('own/tcn', numbers(2, 2, 40)),
  of('own/transformer_seq2seq', tokens(700, 7, 2), tokens(600, 5, 2)),
  of('own/unet', image(32, 1)),
  of('own/unet_diffusion', image(32, 1), tokens(1000, 2)),
  of('own/wavenet', numbers(2, 256, 140)),
  of('torchvision/convnext_tiny', image(64)),
  of('torchvision/densenet121', image(64)),
  of('torchvision/efficientnet_b0', image(64)),
  of('torchvision/googlenet', image(64)),
  of('torchvision/mnasnet0_5', image(64)),
  of('torchvision/mobilenet_v2', image(64)),
  of('torchvision/mobilenet_v3_small', image(64)),
  of('torchvision/regnet_y_400mf', image(64)),
  of('torchvision/resnet18', image(64)),
  of('torchvision/resnext50_32x4d', image(64)),
  of('torchvision/shufflenet_v2_x0_5', image(64)),
  of('torchvision/squeezenet1_1', image(64)),
  of('torchvision/swin_t', image(64)),
  of('torchvision/vit_b_32', image(224)),
  of('transformers/bart-small', tokens(1000, 2, 16), called('decoder_input_ids', tokens(1000, 2, 12))),
  of('transformers/bert-small', tokens(1000, 2, 16)),
  of('transformers/deberta-v2-small', tokens(1000, 2, 16)),
  of('transformers/gemma3-small', tokens(1000, 2, 16)),
  of('transformers/gpt2-small', tokens(1000, 2, 16)),
  of('transformers/llama-small', tokens(1000, 2, 16)),
  of('transformers/mistral-small', tokens(1000, 2, 16)),
  of('transformers/qwen3-small', tokens(1000, 2, 16)),
  of('transformers/swin-small', image(64)),
  of('transformers/t5-small', tokens(1000, 2, 16), called('decoder_input_ids', tokens(1000, 2, 12))),
  of('transformers/vit-small', image(64)),
];
