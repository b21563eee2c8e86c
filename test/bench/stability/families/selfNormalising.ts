import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly depth: number;
  /** Draws `layer.weight`. */
  readonly draw?: string;
  readonly dropout?: number;
}

const text = ({ depth, draw, dropout }: Settings): string => `import torch
from torch import nn


class SNN(nn.Module):
    def __init__(self, width=64, depth=${depth}):
        super().__init__()
        sizes = [32] + [width] * (depth - 1)
        self.hidden = nn.ModuleList(nn.Linear(i, o) for i, o in zip(sizes, sizes[1:]))
        self.out = nn.Linear(width, 10)
        self.act = nn.SELU()
${dropout === undefined ? '' : `        self.drop = nn.AlphaDropout(${dropout})\n`}${draw === undefined ? '' : indented(`for layer in self.hidden:\n${indented(draw, 4)}`, 8)}
    def forward(self, x):
        for layer in self.hidden:
            x = self.act(layer(x))
${dropout === undefined ? '' : '            x = self.drop(x)\n'}        return self.out(x)


model = SNN()
`;

const lecun = 'nn.init.normal_(layer.weight, std=layer.in_features ** -0.5)\nnn.init.zeros_(layer.bias)';
const suspects = ['hidden.*.weight'];

/** SELU networks (Klambauer et al. 2017). */
export const selfNormalising: Family = {
  name: 'self-normalising MLP',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '6, LeCun': { depth: 6, draw: lecun },
      '16, LeCun': { depth: 16, draw: lecun },
      '30, LeCun': { depth: 30, draw: lecun },
      '8, LeCun, alpha dropout': { depth: 8, draw: lecun, dropout: 0.05 },
      '4, default': { depth: 4 },
      '30, default': { depth: 30, suspects },
      '12, std 1': { depth: 12, draw: 'nn.init.normal_(layer.weight)\nnn.init.zeros_(layer.bias)', suspects },
    },
    text,
  ),
};
