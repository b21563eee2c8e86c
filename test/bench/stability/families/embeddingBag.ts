import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  /** At the end of the constructor. */
  readonly draw?: string;
  readonly hidden: string;
}

const text = ({ draw = '', hidden }: Settings): string => `import torch
from torch import nn


class BagOfWords(nn.Module):
    def __init__(self, vocab=64, dim=32, width=64, classes=10):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, width),
            ${hidden},
            nn.Linear(width, width),
            ${hidden},
            nn.Linear(width, classes),
        )
${indented(draw, 8)}
    def forward(self, tokens):
        return self.mlp(self.embed(tokens).mean(1))


model = BagOfWords()
tokens = torch.randint(0, 64, (2, 16))
logits = model(tokens)
`;

const embedding = (statement: string): string => `nn.init.${statement}`;
const suspects = ['embed.weight'];

/** The mean of embeddings, and an MLP on it. */
export const embeddingBag: Family = {
  name: 'bag of embeddings',
  half: 'heldOut',
  task: 'tokens',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu, default': { hidden: 'nn.ReLU()' },
      'tanh, uniform 0.1': { hidden: 'nn.Tanh()', draw: embedding('uniform_(self.embed.weight, -0.1, 0.1)') },
      'gelu, std 0.02': { hidden: 'nn.GELU()', draw: embedding('normal_(self.embed.weight, std=0.02)') },
      'tanh, std 100': { hidden: 'nn.Tanh()', draw: embedding('normal_(self.embed.weight, std=100.0)'), suspects },
      'relu, std 1000': { hidden: 'nn.ReLU()', draw: embedding('normal_(self.embed.weight, std=1000.0)'), suspects },
      'relu, std 1e-5': { hidden: 'nn.ReLU()', draw: embedding('normal_(self.embed.weight, std=1e-5)'), suspects },
    },
    text,
  ),
};
