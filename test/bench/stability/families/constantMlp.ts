import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Statements at the end of the constructor. */
  readonly draw: string;
}

const text = ({ activation, draw }: Settings): string => `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(32, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 64)
        self.out = nn.Linear(64, 10)
${indented(draw, 8)}
    def forward(self, x):
        x = ${activation}(self.fc1(x))
        x = ${activation}(self.fc2(x))
        x = ${activation}(self.fc3(x))
        return self.out(x)


model = Net()
`;

const all = (statement: string): string => `for p in self.parameters():\n    ${statement}`;
const hidden = ['fc1.weight', 'fc2.weight', 'fc3.weight'];
const everything = [...hidden, 'out.weight'];

/** A small MLP whose weights, or some of them, start from one number. */
export const constantMlp: Family = {
  name: 'constant MLP',
  half: 'tuning',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'all zero': { activation: 'F.relu', draw: all('nn.init.zeros_(p)'), suspects: everything },
      'all 0.05': { activation: 'F.relu', draw: all('nn.init.constant_(p, 0.05)'), suspects: everything },
      'all one, tanh': { activation: 'torch.tanh', draw: all('p.data.fill_(1.0)'), suspects: everything },
      'hidden layers zero': {
        activation: 'F.relu',
        draw: 'for fc in (self.fc1, self.fc2, self.fc3):\n    nn.init.zeros_(fc.weight)\n    nn.init.zeros_(fc.bias)',
        suspects: hidden,
      },
      'one layer zero': { activation: 'F.relu', draw: 'nn.init.zeros_(self.fc2.weight)', suspects: ['fc2.weight'] },
      'one layer 0.01': {
        activation: 'torch.tanh',
        draw: 'nn.init.constant_(self.fc2.weight, 0.01)',
        suspects: ['fc2.weight'],
      },
      'output zero': { activation: 'F.relu', draw: 'nn.init.zeros_(self.out.weight)\nnn.init.zeros_(self.out.bias)' },
      'biases zero': {
        activation: 'F.relu',
        draw: 'for name, p in self.named_parameters():\n    if "bias" in name:\n        nn.init.zeros_(p)',
      },
      'biases −10': {
        activation: 'F.relu',
        draw: 'for name, p in self.named_parameters():\n    if "bias" in name:\n        nn.init.constant_(p, -10.0)',
        suspects: everything,
      },
    },
    text,
  ),
};
