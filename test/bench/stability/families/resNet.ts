import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly blocks: number;
  readonly norm?: 'batch' | 'group';
  /** Bodies of the loop over modules that draws. */
  readonly draw?: string;
  readonly after?: string;
  /** In place of `out + identity`. */
  readonly join?: string;
  readonly more?: string;
  /** In place of the activation after the sum. */
  readonly last?: string;
}

const text = ({ blocks, norm, draw, after = '', join = 'out + identity', more = '', last }: Settings): string => {
  const normed = (at: number): string =>
    norm === undefined
      ? ''
      : `        self.bn${at} = ${norm === 'batch' ? 'nn.BatchNorm2d(planes)' : 'nn.GroupNorm(4, planes)'}\n`;
  const bias = norm === undefined ? '' : ', bias=False';
  const applied = (at: number, x: string): string =>
    norm === undefined ? `self.conv${at}(${x})` : `self.bn${at}(self.conv${at}(${x}))`;
  return `import torch
import torch.nn as nn
import torch.nn.functional as F


def conv3x3(in_planes, out_planes, stride=1):
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1${bias})


class BasicBlock(nn.Module):
    def __init__(self, planes):
        super().__init__()
        self.conv1 = conv3x3(planes, planes)
${normed(1)}        self.conv2 = conv3x3(planes, planes)
${normed(2)}${indented(more, 8)}
    def forward(self, x):
        identity = x
        out = F.relu(${applied(1, 'x')})
        out = ${applied(2, 'out')}
        return ${last === undefined ? `F.relu(${join})` : join}


class ResNet(nn.Module):
    def __init__(self, planes=16, num_blocks=${blocks}, num_classes=10):
        super().__init__()
        self.conv1 = conv3x3(3, planes, stride=2)
        self.layer = nn.Sequential(*[BasicBlock(planes) for _ in range(num_blocks)])
        self.fc = nn.Linear(planes, num_classes)
${draw === undefined ? '' : indented(`for m in self.modules():\n${indented(draw, 4)}`, 8)}${indented(after, 8)}
    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = self.layer(x)
        x = x.mean(dim=(2, 3))
        return self.fc(x)


model = ResNet()
x = torch.randn(2, 3, 8, 8)
y = model(x)
`;
};

const he = 'if isinstance(m, nn.Conv2d):\n    nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")';
const fixup = `for block in self.layer:
    nn.init.normal_(block.conv1.weight, std=(2 / (9 * planes)) ** 0.5 * num_blocks ** -0.5)
    nn.init.zeros_(block.conv2.weight)
nn.init.zeros_(self.fc.weight)
nn.init.zeros_(self.fc.bias)`;
const zeroGamma = 'for block in self.layer:\n    nn.init.zeros_(block.bn2.weight)';
const normal = (deviation: number): string =>
  `if isinstance(m, nn.Conv2d):\n    nn.init.normal_(m.weight, std=${deviation})`;
const suspects = ['layer.*.weight'];

/** Basic blocks of two convolutions, with and without norm. */
export const resNet: Family = {
  name: 'ResNet',
  half: 'heldOut',
  task: 'images',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '4 blocks, batch norm': { blocks: 4, norm: 'batch', draw: he },
      '10 blocks, batch norm': { blocks: 10, norm: 'batch', draw: he },
      '10 blocks, batch norm, zero gamma': { blocks: 10, norm: 'batch', draw: he, after: zeroGamma },
      '6 blocks, group norm': { blocks: 6, norm: 'group' },
      '5 blocks, no norm, default': { blocks: 5 },
      '3 blocks, no norm, He': { blocks: 3, draw: he },
      '16 blocks, no norm, He': { blocks: 16, draw: he, suspects },
      '30 blocks, no norm, He': { blocks: 30, draw: he, suspects },
      '12 blocks, Fixup': { blocks: 12, after: fixup },
      '12 blocks, SkipInit': {
        blocks: 12,
        draw: he,
        more: 'self.gain = nn.Parameter(torch.zeros(()))',
        join: 'self.gain * out + identity',
        last: '',
      },
      '12 blocks, scaled': { blocks: 12, draw: he, join: '0.2 * out + identity', last: '' },
      '10 blocks, std 0.4': { blocks: 10, draw: normal(0.4), suspects },
      '8 blocks, std 0.01': { blocks: 8, draw: normal(0.01) },
    },
    text,
  ),
};
