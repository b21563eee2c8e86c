import { drawingLoop, heUniform, normal } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly layers: number;
  readonly activation?: string;
  readonly norm?: true;
  readonly draw?: string;
}

const text = ({ layers, activation = 'torch.relu', norm, draw }: Settings): string => `import torch
import torch.nn as nn


class DenseLayer(nn.Module):
    def __init__(self, in_features, growth):
        super().__init__()
${norm ? '        self.norm = nn.BatchNorm1d(in_features)\n' : ''}        self.linear = nn.Linear(in_features, growth)

    def forward(self, x):
        out = ${activation}(self.linear(${norm ? 'self.norm(x)' : 'x'}))
        return torch.cat([x, out], dim=1)


class DenseNet(nn.Module):
    def __init__(self, in_features=32, growth=16, layers=${layers}, classes=10):
        super().__init__()
        blocks = []
        features = in_features
        for _ in range(layers):
            blocks.append(DenseLayer(features, growth))
            features += growth
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(features, classes)
${drawingLoop(draw)}
    def forward(self, x):
        return self.classifier(self.blocks(x))


model = DenseNet()
`;

const suspects = ['blocks.*.linear.weight', 'classifier.weight'];

/** Each layer reads all before it. */
export const denseNet: Family = {
  name: 'DenseNet',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '6 layers, default': { layers: 6 },
      '20 layers, default': { layers: 20 },
      '10 layers, batch norm': { layers: 10, norm: true },
      '10 layers, He uniform': { layers: 10, draw: heUniform },
      '10 layers, tanh': { layers: 10, activation: 'torch.tanh' },
      '12 layers, sigmoid': { layers: 12, activation: 'torch.sigmoid' },
      '14 layers, std 1': { layers: 14, draw: normal(1), suspects },
    },
    text,
  ),
};
