import { indented, normal } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  /** From the inputs to the classes. */
  readonly sizes: readonly number[];
  readonly activation: string;
  /** Draws `m.weight` in `reset_parameters`. */
  readonly draw?: string;
  readonly dropout?: number;
}

const text = ({ sizes, activation, draw, dropout }: Settings): string => {
  const layers = sizes.slice(1).map((out, at) => `self.fc${at + 1} = nn.Linear(${sizes[at] ?? 0}, ${out})`);
  const steps = layers.map((_, at) => {
    const layer = `self.fc${at + 1}(x)`;
    if (at === layers.length - 1) return `return ${layer}`;
    return `x = ${activation}(${layer})${dropout !== undefined && at % 2 === 1 ? '\nx = self.dropout(x)' : ''}`;
  });
  const method =
    draw === undefined
      ? ''
      : `\n    def reset_parameters(self):\n        for m in self.children():\n            if isinstance(m, nn.Linear):\n${indented(draw, 16)}`;
  return `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
${indented(layers.join('\n'), 8)}${dropout === undefined ? '' : `        self.dropout = nn.Dropout(${dropout})\n`}${draw === undefined ? '' : '        self.reset_parameters()\n'}${method}
    def forward(self, x):
${indented(steps.join('\n'), 8)}

model = Net()
`;
};

const heUniform = 'nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")\nm.bias.data.zero_()';
const he = 'nn.init.kaiming_normal_(m.weight)\nm.bias.data.zero_()';
const xavier = 'nn.init.xavier_uniform_(m.weight)\nm.bias.data.zero_()';
const uniform = (limit: number): string => `m.weight.data.uniform_(-${limit}, ${limit})\nm.bias.data.zero_()`;

const short = [32, 96, 64, 48, 10];
const pyramid = [32, 128, 112, 96, 80, 64, 48, 32, 10];
const deep = [32, ...Array.from({ length: 22 }, (_, at) => 96 - 2 * at), 10];
const growing = [32, 40, 48, 56, 64, 80, 96, 112, 128, 10];
const suspects = ['fc*.weight'];

/** An MLP with a name for each layer, narrower or wider from one to the next. */
export const funnelMlp: Family = {
  name: 'funnel MLP',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu short, default': { sizes: short, activation: 'F.relu' },
      'relu short, dropout': { sizes: short, activation: 'F.relu', dropout: 0.1 },
      'relu pyramid, default': { sizes: pyramid, activation: 'F.relu' },
      'relu pyramid, He': { sizes: pyramid, activation: 'F.relu', draw: he },
      'relu growing, He uniform': { sizes: growing, activation: 'F.relu', draw: heUniform },
      'relu deep, He': { sizes: deep, activation: 'F.relu', draw: he },
      'relu deep, default': { sizes: deep, activation: 'F.relu', suspects },
      'relu deep, uniform 0.05': { sizes: deep, activation: 'F.relu', draw: uniform(0.05), suspects },
      'relu pyramid, uniform 1': { sizes: pyramid, activation: 'F.relu', draw: uniform(1), suspects },
      'relu pyramid, std 0.01': { sizes: pyramid, activation: 'F.relu', draw: normal(0.01), suspects },
      'tanh pyramid, default': { sizes: pyramid, activation: 'torch.tanh' },
      'tanh deep, Xavier': { sizes: deep, activation: 'torch.tanh', draw: xavier },
      'tanh deep, default': { sizes: deep, activation: 'torch.tanh', suspects },
      'tanh pyramid, uniform 1': { sizes: pyramid, activation: 'torch.tanh', draw: uniform(1), suspects },
      'sigmoid short, default': { sizes: short, activation: 'torch.sigmoid' },
      'sigmoid growing, default': { sizes: growing, activation: 'torch.sigmoid', suspects },
      'silu pyramid, default': { sizes: pyramid, activation: 'F.silu' },
      'silu deep, default': { sizes: deep, activation: 'F.silu', suspects },
      'gelu growing, He': { sizes: growing, activation: 'F.gelu', draw: he },
    },
    text,
  ),
};
