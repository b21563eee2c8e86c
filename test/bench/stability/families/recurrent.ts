import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly cell: 'RNN' | 'GRU';
  readonly options?: string;
  readonly layers?: number;
  /** At the end of the constructor. */
  readonly draw?: string;
}

const text = ({ cell, options = '', layers = 1, draw = '' }: Settings): string => `import torch
import torch.nn as nn


class Recurrent(nn.Module):
    def __init__(self, input_size=8, hidden_size=48, num_classes=10):
        super(Recurrent, self).__init__()
        self.rnn = nn.${cell}(input_size, hidden_size, ${layers}, batch_first=True${options})
        self.fc = nn.Linear(hidden_size, num_classes)
${indented(draw, 8)}
    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1, :])


if __name__ == "__main__":
    print(Recurrent()(torch.randn(4, 8, 8)).shape)

model = Recurrent()
`;

const recurrence = (statement: string): string =>
  `for name, param in self.rnn.named_parameters():\n    if "weight_hh" in name:\n        ${statement}`;
const every = (statement: string): string =>
  `for name, param in self.rnn.named_parameters():\n    if "weight" in name:\n        ${statement}`;
const identity = `nn.init.eye_(self.rnn.weight_hh_l0)
nn.init.normal_(self.rnn.weight_ih_l0, std=0.1)
nn.init.zeros_(self.rnn.bias_ih_l0)
nn.init.zeros_(self.rnn.bias_hh_l0)`;
const hidden = ['rnn.weight_hh_l0'];
const all = ['rnn.weight_*'];

/** Vanilla RNNs and GRUs whose last step tells the class. */
export const recurrent: Family = {
  name: 'RNN and GRU',
  half: 'heldOut',
  task: 'sequences',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'tanh, default': { cell: 'RNN', suspects: hidden },
      'tanh, orthogonal': { cell: 'RNN', draw: recurrence('nn.init.orthogonal_(param)') },
      'tanh, recurrence std 0.01': {
        cell: 'RNN',
        draw: recurrence('nn.init.normal_(param, std=0.01)'),
        suspects: hidden,
      },
      'tanh, recurrence std 1': { cell: 'RNN', draw: recurrence('nn.init.normal_(param, std=1.0)'), suspects: hidden },
      'relu, identity': { cell: 'RNN', options: ', nonlinearity="relu"', draw: identity },
      'relu, recurrence std 0.5': {
        cell: 'RNN',
        options: ', nonlinearity="relu"',
        draw: recurrence('nn.init.normal_(param, std=0.5)'),
        suspects: hidden,
      },
      'GRU, default': { cell: 'GRU' },
      'GRU, orthogonal': { cell: 'GRU', draw: recurrence('nn.init.orthogonal_(param)') },
      'GRU, 2 layers': { cell: 'GRU', layers: 2 },
      'GRU, std 3': { cell: 'GRU', draw: every('nn.init.normal_(param, std=3.0)'), suspects: all },
      'GRU, constant': { cell: 'GRU', draw: every('nn.init.constant_(param, 0.05)'), suspects: all },
    },
    text,
  ),
};
