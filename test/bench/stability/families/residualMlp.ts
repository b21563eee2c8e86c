import { drawingLoop, he, indented, normal } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly blocks: number;
  /** The statement that adds the branch to `x`; `x + h` where there is none. */
  readonly join?: string;
  /** More of the block's constructor. */
  readonly more?: string;
  /** After each layer of a branch. */
  readonly norm?: string;
  readonly draw?: string;
  /** After the loop that draws, in the constructor of the model. */
  readonly after?: string;
  readonly activation?: string;
}

const text = ({ blocks, join = 'x + h', more = '', norm, draw, after = '', activation = 'relu' }: Settings): string =>
  `import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.fc1 = nn.Linear(width, width)
        self.fc2 = nn.Linear(width, width)
${norm === undefined ? '' : indented(`self.norm = ${norm}`, 8)}${indented(more, 8)}
    def forward(self, x):
        h = ${norm === undefined ? 'x' : 'self.norm(x)'}
        h = F.${activation}(self.fc1(h))
        h = self.fc2(h)
        return ${join}


class ResMLP(nn.Module):
    def __init__(self, width=64, depth=${blocks}, classes=10):
        super().__init__()
        self.stem = nn.Linear(32, width)
        self.blocks = nn.ModuleList([Block(width, depth) for _ in range(depth)])
        self.head = nn.Linear(width, classes)
${drawingLoop(draw)}${indented(after, 8)}
    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


model = ResMLP()
`;

const suspects = ['blocks.*.weight'];
const zeroLast = 'for block in self.blocks:\n    nn.init.zeros_(block.fc2.weight)';

/** Residual blocks of two linear layers, with every way that there is to keep their sum small. */
export const residualMlp: Family = {
  name: 'residual MLP',
  half: 'tuning',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '4 blocks, default': { blocks: 4 },
      '12 blocks, default': { blocks: 12 },
      '24 blocks, default': { blocks: 24 },
      '3 blocks, He': { blocks: 3, draw: he },
      '16 blocks, He': { blocks: 16, draw: he, suspects },
      '40 blocks, He': { blocks: 40, draw: he, suspects },
      '16 blocks, He, 1/√L': { blocks: 16, draw: he, more: 'self.scale = depth ** -0.5', join: 'x + self.scale * h' },
      '16 blocks, ReZero': {
        blocks: 16,
        draw: he,
        more: 'self.alpha = nn.Parameter(torch.zeros(1))',
        join: 'x + self.alpha * h',
      },
      '16 blocks, last layer zero': { blocks: 16, draw: he, after: zeroLast },
      '12 blocks, layer norm': { blocks: 12, norm: 'nn.LayerNorm(width)' },
      '12 blocks, batch norm, He': { blocks: 12, norm: 'nn.BatchNorm1d(width)', draw: he },
      '30 blocks, batch norm': { blocks: 30, norm: 'nn.BatchNorm1d(width)' },
      '12 blocks, tanh': { blocks: 12, activation: 'tanh' },
      '12 blocks, std 1': { blocks: 12, draw: normal(1), suspects: ['stem.weight', 'blocks.*.weight', 'head.weight'] },
      '12 blocks, doubled': { blocks: 12, join: '2 * x + h', suspects },
      '20 blocks, halved': { blocks: 20, join: '0.5 * (x + h)', suspects },
    },
    text,
  ),
};
