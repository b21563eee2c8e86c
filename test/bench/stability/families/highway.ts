import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly depth: number;
  /** The bias that the gates start from. */
  readonly gate: number;
  readonly activation: string;
  readonly draw?: string;
}

const text = ({ depth, gate, activation, draw }: Settings): string => `import torch
import torch.nn as nn
import torch.nn.functional as F


class Highway(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.plain = nn.Linear(size, size)
        self.gate = nn.Linear(size, size)
        nn.init.constant_(self.gate.bias, ${gate.toFixed(1)})
${draw === undefined ? '' : `        ${draw}\n`}
    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * ${activation}(self.plain(x)) + (1 - t) * x


class HighwayNet(nn.Module):
    def __init__(self, size=50, depth=${depth}):
        super().__init__()
        self.inp = nn.Linear(32, size)
        self.layers = nn.ModuleList([Highway(size) for _ in range(depth)])
        self.out = nn.Linear(size, 10)

    def forward(self, x):
        x = self.inp(x)
        for layer in self.layers:
            x = layer(x)
        return self.out(x)


model = HighwayNet()
`;

const suspects = ['layers.*.weight'];

/** Gates that let a part of the input by (Srivastava et al. 2015). */
export const highway: Family = {
  name: 'highway network',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '10 layers, gate −2': { depth: 10, gate: -2, activation: 'F.relu' },
      '30 layers, gate −3': { depth: 30, gate: -3, activation: 'F.relu' },
      '10 layers, gate −1, tanh': { depth: 10, gate: -1, activation: 'torch.tanh' },
      '30 layers, gate 3': { depth: 30, gate: 3, activation: 'F.relu', suspects },
      '40 layers, gate 2, tanh': { depth: 40, gate: 2, activation: 'torch.tanh', suspects },
      '12 layers, std 1': {
        depth: 12,
        gate: 0,
        activation: 'F.relu',
        draw: 'nn.init.normal_(self.plain.weight)',
        suspects,
      },
    },
    text,
  ),
};
