import assert from 'node:assert/strict';
import { found, mended, withAnalyzer } from './script';

const layers = {
  plain: 'nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)',
  normed: 'nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4)',
  single: 'nn.Linear(8, 4)',
};
const script = (optimizer: string, net: string = layers.plain, more = ''): string => `import torch
import torch.nn as nn
model = nn.Sequential(${net})
optimizer = torch.optim.${optimizer}
${more}criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
`;

describe('learning-rate', () => {
  withAnalyzer();
  const alarm = ['warning learning-rate 4'];

  it('tells rates at which networks were measured to end at chance, and writes a usual one', () => {
    const adam = script('Adam(model.parameters(), lr=0.3)');
    assert.deepEqual(found(adam), alarm);
    assert.equal(mended(adam, 'learning-rate'), script('Adam(model.parameters(), lr=0.001)'));
    const sgd = script('SGD(model.parameters(), lr=1, momentum=0.9)');
    assert.deepEqual(found(sgd), alarm);
    assert.equal(mended(sgd, 'learning-rate'), script('SGD(model.parameters(), lr=0.01, momentum=0.9)'));
    assert.deepEqual(found(script('SGD(model.parameters(), lr=50)', layers.normed)), alarm);
  });

  it('tells one that is named, or an option’s default', () => {
    const parsed = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--learning-rate', type=float, default=3.0)
args = parser.parse_args()
${script('SGD(model.parameters(), lr=args.learning_rate)')}`;
    assert.deepEqual(found(parsed), ['warning learning-rate 8']);
    assert.equal(mended(parsed, 'learning-rate'), undefined);
  });

  it('is silent on what trains, on what is warmed up, clipped, scheduled or not known', () => {
    for (const optimizer of [
      'Adam(model.parameters())',
      'Adam(model.parameters(), lr=0.03)',
      'SGD(model.parameters(), lr=1)',
      'SGD(model.parameters(), lr=0.1, momentum=0.9)',
      'Adadelta(model.parameters(), lr=1.0)',
      'LBFGS(model.parameters(), lr=1)',
      'SGD(model.parameters(), lr=rate)',
      'Adam([image], lr=0.5)',
    ])
      assert.deepEqual(found(script(optimizer)), [], optimizer);
    assert.deepEqual(found(script('SGD(model.parameters(), lr=10)', layers.single)), []);
    assert.deepEqual(found(script('SGD(model.parameters(), lr=3)', layers.normed)), []);
    const noam = 'schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, noam)\n';
    assert.deepEqual(found(script('Adam(model.parameters(), lr=1.0)', layers.plain, noam)), []);
    const branch = script(
      'SGD(model.parameters(), lr=0.1)',
      layers.plain,
      'lr = 0.5\nif adam:\n    optimizer = torch.optim.Adam(model.parameters(), lr=lr)\n',
    );
    assert.deepEqual(found(branch), []);
  });
});

describe('scheduler-before-optimizer', () => {
  withAnalyzer();
  const make = 'scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)\n';
  const plain = script('SGD(model.parameters(), lr=0.1)', layers.plain, make);
  const early = plain.replace('range(10):\n', 'range(10):\n    scheduler.step()\n');

  it('tells a scheduler that steps first', () => {
    assert.deepEqual(found(early), ['warning scheduler-before-optimizer 8']);
  });

  it('is silent on one that steps afterwards, by epoch or by batch', () => {
    assert.deepEqual(found(`${plain}    scheduler.step()\n`), []);
    assert.deepEqual(found(`${plain}        scheduler.step()\n`), []);
    assert.deepEqual(found(early.replace('    scheduler', '    if epoch > 0:\n        scheduler')), []);
  });
});

describe('missing-warm-up', () => {
  withAnalyzer();

  const transformer = (normFirst: string, optimizer: string, more = ''): string => `import torch
import torch.nn as nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True, norm_first=${normFirst})
        self.encoder = nn.TransformerEncoder(layer, 6)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return self.out(self.encoder(x))

# gradlens: input=(20, 64)
model = Model()
optimizer = torch.optim.${optimizer}
${more}for x, y in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
`;

  it('tells six post-norm layers that Adam trains at its full rate', () => {
    assert.deepEqual(found(transformer('False', 'Adam(model.parameters(), lr=1e-3)')), ['warning missing-warm-up 16']);
  });

  it('is silent on pre-norm, smaller rates, SGD and warm-up', () => {
    assert.deepEqual(found(transformer('True', 'Adam(model.parameters(), lr=1e-3)')), []);
    assert.deepEqual(found(transformer('False', 'Adam(model.parameters(), lr=1e-4)')), []);
    assert.deepEqual(found(transformer('False', 'SGD(model.parameters(), lr=1e-3)')), []);
    const warm = 'warm = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=1000)\n';
    assert.deepEqual(found(transformer('False', 'Adam(model.parameters(), lr=1e-3)', warm)), []);
  });
});

describe('decayed-norms', () => {
  withAnalyzer();

  it('informs of norms and biases that decay with the weights', () => {
    assert.deepEqual(found(script('AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)', layers.normed)), [
      'information decayed-norms 4',
    ]);
  });

  it('is silent on little decay, on groups, and without norms', () => {
    for (const [optimizer, net] of [
      ['AdamW(model.parameters(), lr=1e-3)', layers.normed],
      ['SGD(model.parameters(), lr=0.1, weight_decay=1e-4)', layers.normed],
      ['AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": rest}], lr=1e-3)', layers.normed],
      ['AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)', layers.plain],
    ] as const)
      assert.deepEqual(found(script(optimizer, net)), [], optimizer);
  });
});
