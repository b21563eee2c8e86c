import { drawingLoop, he, normal, xavier } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly depth: number;
  readonly activation?: string;
  readonly norm?: string;
  readonly draw?: string;
}

const text = ({ depth, activation = 'nn.ReLU', norm = 'nn.BatchNorm1d', draw }: Settings): string => `import torch
from torch import nn


def block(in_features, out_features):
    return nn.Sequential(
        nn.Linear(in_features, out_features),
        ${norm}(out_features),
        ${activation}(),
    )


class Net(nn.Module):
    def __init__(self, width=48, depth=${depth}, num_classes=10):
        super().__init__()
        self.blocks = nn.Sequential(block(32, width), *[block(width, width) for _ in range(depth - 2)])
        self.head = nn.Linear(width, num_classes)
${drawingLoop(draw)}
    def forward(self, x):
        return self.head(self.blocks(x))


model = Net()
`;

const suspects = ['blocks.*.0.weight'];

/** Linear, norm, activation, again and again, without a skip connection. */
export const normalisedMlp: Family = {
  name: 'normalised MLP',
  half: 'tuning',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'batch norm 4': { depth: 4 },
      'batch norm 10': { depth: 10 },
      'batch norm 20': { depth: 20 },
      'batch norm 60': { depth: 60, suspects },
      'batch norm 10, std 0.01': { depth: 10, draw: normal(0.01) },
      'batch norm 10, He': { depth: 10, draw: he },
      'batch norm 20, tanh': { depth: 20, activation: 'nn.Tanh' },
      'batch norm 10, sigmoid': { depth: 10, activation: 'nn.Sigmoid' },
      'layer norm 10': { depth: 10, norm: 'nn.LayerNorm' },
      'layer norm 24': { depth: 24, norm: 'nn.LayerNorm' },
      'layer norm 12, gelu': { depth: 12, norm: 'nn.LayerNorm', activation: 'nn.GELU' },
      'layer norm 12, std 0.02': { depth: 12, norm: 'nn.LayerNorm', draw: normal(0.02) },
      'layer norm 12, tanh, Xavier': { depth: 12, norm: 'nn.LayerNorm', activation: 'nn.Tanh', draw: xavier },
      'layer norm 10, sigmoid': { depth: 10, norm: 'nn.LayerNorm', activation: 'nn.Sigmoid', suspects },
    },
    text,
  ),
};
