"""A model for transformers as people write one: a configuration, a base class that initialises, attention, a head that is tied."""

import torch
from torch import nn
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.activations import ACT2FN
from transformers.masking_utils import create_causal_mask
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput, CausalLMOutputWithPast
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS


class StoryConfig(PretrainedConfig):
    model_type = "story"
    attribute_map = {"num_attention_heads": "n_head"}

    def __init__(self, vocab_size=512, hidden_size=32, n_head=4, n_layer=2, tie_word_embeddings=True, **kwargs):
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.n_head = n_head
        self.n_layer = n_layer
        self.initializer_range = kwargs.pop("initializer_range", 0.02)
        super().__init__(tie_word_embeddings=tie_word_embeddings, **kwargs)


class StoryAttention(nn.Module):
    def __init__(self, config, layer_idx):
        super().__init__()
        self.config = config
        self.layer_idx = layer_idx
        self.is_causal = True
        self.head_dim = config.hidden_size // config.num_attention_heads
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.proj = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, x, attention_mask=None):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.view(*x.shape[:-1], -1, self.head_dim).transpose(1, 2) for t in (q, k, v))
        attend = ALL_ATTENTION_FUNCTIONS[self.config._attn_implementation]
        out, _ = attend(self, q, k, v, attention_mask, scaling=self.head_dim**-0.5)
        return self.proj(out.reshape(*x.shape[:-1], -1))


class StoryBlock(GradientCheckpointingLayer):
    def __init__(self, config, layer_idx):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.hidden_size)
        self.attn = StoryAttention(config, layer_idx)
        self.ln_2 = nn.LayerNorm(config.hidden_size)
        self.fc = nn.Linear(config.hidden_size, 4 * config.hidden_size)
        self.act = ACT2FN["gelu_new"]
        self.out = nn.Linear(4 * config.hidden_size, config.hidden_size)

    def forward(self, x, attention_mask=None):
        x = x + self.attn(self.ln_1(x), attention_mask=attention_mask)
        return x + self.out(self.act(self.fc(self.ln_2(x))))


class StoryPreTrainedModel(PreTrainedModel):
    config_class = StoryConfig
    base_model_prefix = "model"
    _supports_sdpa = True

    def _init_weights(self, module):
        super()._init_weights(module)
        if isinstance(module, StoryBlock):
            module.out.weight.data.normal_(mean=0.0, std=self.config.initializer_range / (2 * self.config.n_layer) ** 0.5)


class StoryModel(StoryPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size, padding_idx=0)
        self.positions = nn.Embedding(64, config.hidden_size)
        self.blocks = nn.ModuleList([StoryBlock(config, i) for i in range(config.n_layer)])
        self.post_init()

    def forward(self, input_ids=None, attention_mask=None):
        x = self.embed_tokens(input_ids)
        x = x + self.positions(torch.arange(input_ids.shape[1], device=input_ids.device))
        mask = create_causal_mask(config=self.config, inputs_embeds=x, attention_mask=attention_mask)
        for block in self.blocks:
            x = block(x, attention_mask=mask)
        return BaseModelOutput(last_hidden_state=x)


class StoryForCausalLM(StoryPreTrainedModel, GenerationMixin):
    _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}

    def __init__(self, config):
        super().__init__(config)
        self.model = StoryModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def forward(self, input_ids=None, attention_mask=None, labels=None):
        hidden = self.model(input_ids, attention_mask=attention_mask)[0]
        logits = self.lm_head(hidden)
        loss = None
        if labels is not None:
            loss = nn.functional.cross_entropy(logits.view(-1, self.config.vocab_size), labels.view(-1))
        return CausalLMOutputWithPast(loss=loss, logits=logits)


class Reward(StoryPreTrainedModel):
    """Follows the attention mask, and judges a longer vocabulary."""

    def __init__(self, config):
        super().__init__(config)
        self.model = StoryModel(config)
        self.score = nn.Linear(config.hidden_size, 1)
        self.post_init()

    def forward(self, input_ids, attention_mask):
        hidden = self.model(input_ids, attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return self.score((hidden * weights).sum(1) / weights.sum(1))


story = StoryForCausalLM(StoryConfig())
reward = Reward(StoryConfig(n_layer=1))
reward.resize_token_embeddings(520)
