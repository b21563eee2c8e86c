import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Layers in each stage. */
  readonly depth: number;
  /** By stage, what draws the `weight` of a layer `m`. */
  readonly draws: Readonly<Record<'bottom' | 'middle' | 'top', string>>;
}

const text = ({ activation, depth, draws }: Settings): string => `import torch
import torch.nn as nn


class Stage(nn.Module):
    def __init__(self, d_in, d_out, depth):
        super().__init__()
        self.first = nn.Linear(d_in, d_out)
        self.rest = nn.ModuleList([nn.Linear(d_out, d_out) for _ in range(depth - 1)])
        self.act = ${activation}

    def forward(self, x):
        x = self.act(self.first(x))
        for layer in self.rest:
            x = self.act(layer(x))
        return x


class Staged(nn.Module):
    def __init__(self, depth=${depth}):
        super().__init__()
        self.bottom = Stage(32, 64, depth)
        self.middle = Stage(64, 64, depth)
        self.top = Stage(64, 64, depth)
        self.head = nn.Linear(64, 10)
${Object.entries(draws)
  .map(([stage, draw]) =>
    indented(
      `for m in self.${stage}.modules():\n    if isinstance(m, nn.Linear):\n        ${draw}\n        m.bias.data.zero_()`,
      8,
    ),
  )
  .join('')}
    def forward(self, x):
        return self.head(self.top(self.middle(self.bottom(x))))


model = Staged()
`;

const he = 'nn.init.kaiming_normal_(m.weight)';
const xavier = 'nn.init.xavier_normal_(m.weight)';
const normal = (deviation: number): string => `nn.init.normal_(m.weight, std=${deviation})`;
const [relu, tanh] = ['nn.ReLU()', 'nn.Tanh()'];

/** Three stages, each drawn by a loop of its own: which one is at fault must be told. */
export const stagedMlp: Family = {
  name: 'staged MLP',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu 4, all He': { activation: relu, depth: 4, draws: { bottom: he, middle: he, top: he } },
      'tanh 5, all Xavier': { activation: tanh, depth: 5, draws: { bottom: xavier, middle: xavier, top: xavier } },
      'relu 4, middle std 0.001': {
        activation: relu,
        depth: 4,
        draws: { bottom: he, middle: normal(0.001), top: he },
        suspects: ['middle.*.weight'],
      },
      'relu 4, bottom std 0.005': {
        activation: relu,
        depth: 4,
        draws: { bottom: normal(0.005), middle: he, top: he },
        suspects: ['bottom.*.weight'],
      },
      'tanh 5, top std 0.005': {
        activation: tanh,
        depth: 5,
        draws: { bottom: xavier, middle: xavier, top: normal(0.005) },
        suspects: ['top.*.weight'],
      },
      'relu 5, top std 2': {
        activation: relu,
        depth: 5,
        draws: { bottom: he, middle: he, top: normal(2) },
        suspects: ['top.*.weight'],
      },
      'tanh 6, middle std 2': {
        activation: tanh,
        depth: 6,
        draws: { bottom: xavier, middle: normal(2), top: xavier },
        suspects: ['middle.*.weight'],
      },
      'tanh 4, middle zero': {
        activation: tanh,
        depth: 4,
        draws: { bottom: xavier, middle: 'nn.init.zeros_(m.weight)', top: xavier },
        suspects: ['middle.*.weight'],
      },
    },
    text,
  ),
};
