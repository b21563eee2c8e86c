import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Convolutions of 3×3 between the two that halve the image. */
  readonly middle: number;
  /** Draws a convolution `m`. */
  readonly draw?: string;
}

const text = ({ activation, middle, draw }: Settings): string => {
  const layers = [
    `nn.Conv2d(3, 20, 5, stride=1, padding=2), ${activation},`,
    `nn.Conv2d(20, 20, 3, stride=2, padding=1), ${activation},`,
    ...Array.from({ length: middle }, () => `nn.Conv2d(20, 20, 3, padding=1), ${activation},`),
    `nn.Conv2d(20, 32, 3, stride=2, padding=1), ${activation},`,
    'nn.AdaptiveAvgPool2d(1),',
    'nn.Flatten(),',
    'nn.Linear(32, 10),',
  ];
  return `import torch
from torch import nn

model = nn.Sequential(
${indented(layers.join('\n'), 4)})
${draw === undefined ? '' : `\nfor m in model:\n    if isinstance(m, nn.Conv2d):\n${indented(draw, 8)}`}
if __name__ == "__main__":
    x = torch.randn(2, 3, 8, 8)
    print(model(x).shape)
`;
};

const he = 'nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="relu")\nnn.init.zeros_(m.bias)';
const heOut = 'nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")\nnn.init.zeros_(m.bias)';
const xavier = 'nn.init.xavier_normal_(m.weight)\nnn.init.zeros_(m.bias)';
const orthogonal = 'nn.init.orthogonal_(m.weight, gain=2 ** 0.5)\nnn.init.zeros_(m.bias)';
const normal = (deviation: number): string => `nn.init.normal_(m.weight, 0.0, ${deviation})\nnn.init.zeros_(m.bias)`;
const [relu, leaky] = ['nn.ReLU()', 'nn.LeakyReLU(0.2)'];
const suspects = ['*.weight'];

/** Convolutions in one list; strides in place of pools, a mean before the classes. */
export const stridedCnn: Family = {
  name: 'strided CNN',
  half: 'heldOut',
  task: 'images',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu 3, default': { activation: relu, middle: 1 },
      'relu 8, He': { activation: relu, middle: 6, draw: he },
      'relu 14, He fan out': { activation: relu, middle: 12, draw: heOut },
      'relu 18, default': { activation: relu, middle: 16, suspects },
      'relu 8, orthogonal': { activation: relu, middle: 6, draw: orthogonal },
      'leaky 6, DCGAN': { activation: leaky, middle: 4, draw: normal(0.02), suspects },
      'leaky 8, He': { activation: leaky, middle: 6, draw: he },
      'relu 12, std 0.01': { activation: relu, middle: 10, draw: normal(0.01), suspects },
      'relu 12, std 0.6': { activation: relu, middle: 10, draw: normal(0.6), suspects },
      'tanh 8, Xavier': { activation: 'nn.Tanh()', middle: 6, draw: xavier },
      'tanh 20, default': { activation: 'nn.Tanh()', middle: 18, suspects },
      'sigmoid 12, default': { activation: 'nn.Sigmoid()', middle: 10, suspects },
    },
    text,
  ),
};
