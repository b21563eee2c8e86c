import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly draw: string;
}

const text = ({ draw }: Settings): string => `import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 12, 3, padding=1)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.fc1 = nn.Linear(24 * 2 * 2, 60)
        self.fc2 = nn.Linear(60, 10)
        self._initialize_weights()

    def _initialize_weights(self):
        for m in self.modules():
${indented(draw, 12)}
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


model = LeNet()
out = model(torch.zeros(1, 3, 8, 8))
`;

const of = (type: string, statement: string): string => `if isinstance(m, ${type}):\n    ${statement}`;
const both = '(nn.Conv2d, nn.Linear)';

/** A small convolutional classifier of which some weights, or biases, start from one number. */
export const constantCnn: Family = {
  name: 'constant CNN',
  half: 'heldOut',
  task: 'images',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'biases zero': { draw: of(both, 'nn.init.zeros_(m.bias)') },
      'biases 0.1': { draw: of(both, 'nn.init.constant_(m.bias, 0.1)') },
      'linear zero': { draw: of('nn.Linear', 'nn.init.zeros_(m.weight)'), suspects: ['fc1.weight', 'fc2.weight'] },
      'all zero': {
        draw: of(both, 'm.weight.data.zero_()'),
        suspects: ['conv1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight'],
      },
      'convolutions 0.1': {
        draw: of('nn.Conv2d', 'nn.init.constant_(m.weight, 0.1)'),
        suspects: ['conv1.weight', 'conv2.weight'],
      },
    },
    text,
  ),
};
