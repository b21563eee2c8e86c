import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly layers: number;
  /** Branches of `_init_weights`. */
  readonly linear?: string;
  readonly embedding?: string;
  /** After `apply`, in the constructor. */
  readonly after?: string;
  readonly activation?: string;
  /** The scale of attention scores. */
  readonly scale?: string;
  readonly norm?: false;
}

const text = ({ layers, linear, embedding, after = '', activation = 'gelu', scale, norm }: Settings): string => {
  const branches = [
    ...(linear === undefined ? [] : [`if isinstance(m, nn.Linear):\n    ${linear}\n    nn.init.zeros_(m.bias)`]),
    ...(embedding === undefined ? [] : [`if isinstance(m, nn.Embedding):\n    ${embedding}`]),
  ];
  const method = `\n    def _init_weights(self, m):\n${indented(branches.join('\n'), 8)}`;
  const normed = (name: string): string => (norm === false ? 'x' : `self.${name}(x)`);
  return `import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(C, dim=2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True${scale === undefined ? '' : `, scale=${scale}`})
        return self.proj(y.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.ln1 = nn.LayerNorm(dim)
        self.attn = CausalSelfAttention(dim, heads)
        self.ln2 = nn.LayerNorm(dim)
        self.fc = nn.Linear(dim, 4 * dim)
        self.proj = nn.Linear(4 * dim, dim)

    def forward(self, x):
        x = x + self.attn(${normed('ln1')})
        return x + self.proj(F.${activation}(self.fc(${normed('ln2')})))


class GPT(nn.Module):
    def __init__(self, vocab=64, block_size=16, dim=32, heads=4, layers=${layers}, classes=10):
        super().__init__()
        self.tok = nn.Embedding(vocab, dim)
        self.pos = nn.Embedding(block_size, dim)
        self.blocks = nn.ModuleList([Block(dim, heads) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)
${branches.length === 0 ? '' : indented('self.apply(self._init_weights)', 8)}${indented(after, 8)}${branches.length === 0 ? '' : method}
    def forward(self, idx):
        x = self.tok(idx) + self.pos(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(${norm === false ? 'x' : 'self.ln_f(x)'}.mean(dim=1))


model = GPT()
logits = model(torch.randint(0, 64, (2, 16)))
`;
};

const small = 'nn.init.normal_(m.weight, std=0.02)';
const scaled = `for name, p in self.named_parameters():
    if name.endswith("proj.weight"):
        nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers))`;
const everything = ['blocks.*.weight', 'head.weight'];

/** GPT: the norm before each branch, with its own attention. */
export const preNormTransformer: Family = {
  name: 'pre-norm Transformer',
  half: 'tuning',
  task: 'tokens',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '2 blocks, default': { layers: 2 },
      '6 blocks, default': { layers: 6 },
      '4 blocks, GPT-2': { layers: 4, linear: small, embedding: small, after: scaled },
      '6 blocks, std 0.02': { layers: 6, linear: small, embedding: small },
      '4 blocks, Xavier': { layers: 4, linear: 'nn.init.xavier_uniform_(m.weight)' },
      '4 blocks, relu': { layers: 4, activation: 'relu' },
      '4 blocks, std 1': { layers: 4, linear: 'nn.init.normal_(m.weight)', suspects: everything },
      '4 blocks, all zero': { layers: 4, linear: 'nn.init.zeros_(m.weight)', suspects: everything },
      '6 blocks, no norm, std 0.5': {
        layers: 6,
        norm: false,
        linear: 'nn.init.normal_(m.weight, std=0.5)',
        suspects: everything,
      },
      '3 blocks, no norm': { layers: 3, norm: false },
    },
    text,
  ),
};
