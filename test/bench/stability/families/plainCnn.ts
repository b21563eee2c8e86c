import { drawingFunction, he, normal, xavier } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Convolutions in each of the two stages. */
  readonly convolutions: number;
  readonly draw?: string;
  readonly norm?: true;
}

const text = ({ activation, convolutions, draw, norm }: Settings): string => `import torch
import torch.nn as nn

cfg = [${Array.from({ length: convolutions }, () => '16').join(', ')}, "M", ${Array.from({ length: convolutions }, () => '24').join(', ')}, "M"]


def make_layers(cfg):
    layers = []
    in_channels = 3
    for v in cfg:
        if v == "M":
            layers.append(nn.MaxPool2d(2))
            continue
        layers.append(nn.Conv2d(in_channels, v, kernel_size=3, padding=1))
${norm ? '        layers.append(nn.BatchNorm2d(v))\n' : ''}        layers.append(${activation})
        in_channels = v
    return nn.Sequential(*layers)


class VGG(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = make_layers(cfg)
        self.classifier = nn.Sequential(nn.Linear(24 * 2 * 2, 48), nn.ReLU(), nn.Linear(48, num_classes))

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


${draw === undefined ? '' : `${drawingFunction('init_weights', draw, '(nn.Conv2d, nn.Linear)')}\n\n`}model = VGG()
${draw === undefined ? '' : 'model.apply(init_weights)\n'}
if __name__ == "__main__":
    print(model(torch.randn(4, 3, 8, 8)).shape)
`;

const suspects = ['features.*.weight'];
const everything = ['features.*.weight', 'classifier.*.weight'];
const relu = 'nn.ReLU(inplace=True)';

/** VGG: convolutions in stages, a head of two layers. */
export const plainCnn: Family = {
  name: 'plain CNN',
  half: 'tuning',
  task: 'images',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu 2+2, default': { activation: relu, convolutions: 2 },
      'relu 4+4, default': { activation: relu, convolutions: 4, suspects },
      'relu 8+8, default': { activation: relu, convolutions: 8, suspects },
      'relu 4+4, He': { activation: relu, convolutions: 4, draw: he },
      'relu 6+6, He': { activation: relu, convolutions: 6, draw: he },
      'relu 5+5, batch norm': { activation: relu, convolutions: 5, norm: true },
      'relu 5+5, std 0.01': { activation: relu, convolutions: 5, draw: normal(0.01), suspects: everything },
      'relu 5+5, std 0.5': { activation: relu, convolutions: 5, draw: normal(0.5), suspects: everything },
      'tanh 3+3, Xavier': { activation: 'nn.Tanh()', convolutions: 3, draw: xavier },
      'tanh 8+8, default': { activation: 'nn.Tanh()', convolutions: 8, suspects },
      'sigmoid 5+5, Xavier': { activation: 'nn.Sigmoid()', convolutions: 5, draw: xavier, suspects },
      'elu 3+3, default': { activation: 'nn.ELU()', convolutions: 3 },
    },
    text,
  ),
};
