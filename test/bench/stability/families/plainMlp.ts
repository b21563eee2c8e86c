import { drawingLoop, he, lecun, normal, orthogonal, xavier, xavierUniform } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  readonly depth: number;
  /** PyTorch's default where there is none. */
  readonly draw?: string;
}

const text = ({ activation, depth, draw }: Settings): string => `import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, inputs=32, width=64, depth=${depth}, classes=10):
        super().__init__()
        layers = [nn.Linear(inputs, width), ${activation}]
        for _ in range(depth - 2):
            layers += [nn.Linear(width, width), ${activation}]
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)
${drawingLoop(draw)}
    def forward(self, x):
        return self.net(x)


model = MLP()
`;

const suspects = ['net.*.weight'];
const [relu, tanh] = ['nn.ReLU()', 'nn.Tanh()'];

/** An MLP from a list of layers, all of one width. */
export const plainMlp: Family = {
  name: 'plain MLP',
  half: 'tuning',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu 3, default': { activation: relu, depth: 3 },
      'relu 6, default': { activation: relu, depth: 6 },
      'relu 12, default': { activation: relu, depth: 12, suspects },
      'relu 24, default': { activation: relu, depth: 24, suspects },
      'relu 40, default': { activation: relu, depth: 40, suspects },
      'relu 10, He': { activation: relu, depth: 10, draw: he },
      'relu 20, He': { activation: relu, depth: 20, draw: he },
      'relu 12, orthogonal': { activation: relu, depth: 12, draw: orthogonal },
      'relu 16, Xavier uniform': { activation: relu, depth: 16, draw: xavierUniform, suspects },
      'relu 12, std 0.02': { activation: relu, depth: 12, draw: normal(0.02), suspects },
      'relu 12, std 1': { activation: relu, depth: 12, draw: normal(1), suspects },
      'leaky relu 8, default': { activation: 'nn.LeakyReLU(0.1)', depth: 8 },
      'tanh 5, default': { activation: tanh, depth: 5 },
      'tanh 10, default': { activation: tanh, depth: 10 },
      'tanh 24, default': { activation: tanh, depth: 24, suspects },
      'tanh 16, Xavier': { activation: tanh, depth: 16, draw: xavier },
      'tanh 30, Xavier': { activation: tanh, depth: 30, draw: xavier },
      'tanh 12, std 1': { activation: tanh, depth: 12, draw: normal(1), suspects },
      'sigmoid 3, Xavier': { activation: 'nn.Sigmoid()', depth: 3, draw: xavier },
      'sigmoid 10, Xavier': { activation: 'nn.Sigmoid()', depth: 10, draw: xavier, suspects },
      'gelu 8, default': { activation: 'nn.GELU()', depth: 8 },
      'gelu 24, default': { activation: 'nn.GELU()', depth: 24, suspects },
      'silu 6, He': { activation: 'nn.SiLU()', depth: 6, draw: he },
      'elu 12, LeCun': { activation: 'nn.ELU()', depth: 12, draw: lecun },
      'softplus 12, default': { activation: 'nn.Softplus()', depth: 12, suspects },
    },
    text,
  ),
};
