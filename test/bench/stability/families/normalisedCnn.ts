import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly depth: number;
  readonly norm?: string;
  readonly activation?: string;
  /** In the constructor of a unit. */
  readonly draw?: string;
}

const text = ({ depth, norm = 'nn.BatchNorm2d(ch)', activation = 'nn.ReLU(inplace=True)', draw }: Settings): string =>
  `import torch
import torch.nn as nn


class ConvUnit(nn.Module):
    def __init__(self, in_ch, ch):
        super().__init__()
        self.conv = nn.Conv2d(in_ch, ch, 3, padding="same", bias=False)
        self.norm = ${norm}
        self.act = ${activation}
${draw === undefined ? '' : `        ${draw}\n`}
    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class PlainNet(nn.Module):
    def __init__(self, ch=16, depth=${depth}):
        super().__init__()
        self.stem = ConvUnit(3, ch)
        self.pool = nn.AvgPool2d(2)
        self.body = nn.ModuleList()
        for i in range(depth - 1):
            self.body.append(ConvUnit(ch, ch))
        self.head = nn.Linear(ch, 10)

    def forward(self, x):
        x = self.pool(self.stem(x))
        for unit in self.body:
            x = unit(x)
        return self.head(x.mean((-2, -1)))


model = PlainNet()
model(torch.randn(8, 3, 8, 8))
`;

const suspects = ['body.*.conv.weight'];

/** Convolution, norm, activation without a skip connection. */
export const normalisedCnn: Family = {
  name: 'normalised CNN',
  half: 'heldOut',
  task: 'images',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'batch norm 6': { depth: 6 },
      'batch norm 12': { depth: 12 },
      'batch norm 50': { depth: 50, suspects },
      'batch norm 10, std 0.001': { depth: 10, draw: 'nn.init.normal_(self.conv.weight, std=0.001)' },
      'batch norm 10, tanh': { depth: 10, activation: 'nn.Tanh()' },
      'group norm 8': { depth: 8, norm: 'nn.GroupNorm(4, ch)' },
      'group norm 10, silu': { depth: 10, norm: 'nn.GroupNorm(4, ch)', activation: 'nn.SiLU()' },
      'instance norm 5': { depth: 5, norm: 'nn.InstanceNorm2d(ch, affine=True)' },
    },
    text,
  ),
};
