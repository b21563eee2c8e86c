import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly layers?: number;
  /** In `reset_parameters`, over `self.lstm.named_parameters()`. */
  readonly draw?: string;
  readonly bidirectional?: true;
  readonly hidden?: number;
}

const text = ({ layers = 1, draw, bidirectional, hidden = 48 }: Settings): string => {
  const options = `${layers === 1 ? '' : `, num_layers=${layers}`}, batch_first=True${bidirectional ? ', bidirectional=True' : ''}`;
  const method =
    draw === undefined
      ? ''
      : `\n    def reset_parameters(self):\n        for name, p in self.lstm.named_parameters():\n${indented(draw, 12)}`;
  return `import torch
from torch import nn


class SequenceClassifier(nn.Module):
    def __init__(self, features=8, hidden=${hidden}, classes=10):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden${options})
        self.fc = nn.Linear(${bidirectional ? '2 * ' : ''}hidden, classes)
${draw === undefined ? '' : '        self.reset_parameters()\n'}${method}
    def forward(self, x):
        out, (h, c) = self.lstm(x)
        return self.fc(${bidirectional ? 'out.mean(dim=1)' : 'out[:, -1]'})


model = SequenceClassifier()
print(model(torch.zeros(1, 8, 8)))
`;
};

const orthogonal = `if "weight_hh" in name:
    nn.init.orthogonal_(p)
elif "weight_ih" in name:
    nn.init.xavier_uniform_(p)
else:
    nn.init.zeros_(p)`;
const forgetOne = `${orthogonal}
    n = p.size(0)
    p.data[n // 4 : n // 2].fill_(1.0)`;
const constantWeights = `if "weight" in name:
    nn.init.constant_(p, 0.1)`;
const huge = `if "weight" in name:
    nn.init.normal_(p, std=3.0)`;
const tiny = `if "weight" in name:
    nn.init.normal_(p, std=0.001)
else:
    nn.init.zeros_(p)`;
const suspects = ['lstm.weight_*'];

/** An LSTM whose last step, or mean, tells the class. */
export const lstm: Family = {
  name: 'LSTM',
  half: 'tuning',
  task: 'sequences',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'last step, default': {},
      'last step, orthogonal': { draw: orthogonal },
      'last step, forget gate 1': { draw: forgetOne },
      '2 layers, default': { layers: 2 },
      'both ways, mean': { bidirectional: true },
      'constant 0.1': { draw: constantWeights, suspects },
      'std 3': { draw: huge, suspects },
      'std 0.001': { draw: tiny, suspects },
    },
    text,
  ),
};
