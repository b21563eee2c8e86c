import assert from 'node:assert/strict';
import { found, mended, withAnalyzer } from './script';

const script = (loss: string, criterion = 'CrossEntropyLoss'): string => `import torch
import torch.nn as nn
import torch.nn.functional as F
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.${criterion}()
for x, y in loader:
    optimizer.zero_grad()
    out = model(x)
    loss = ${loss}
    loss.backward()
    optimizer.step()
`;

describe('squashed-before-loss', () => {
  withAnalyzer();
  const alarm = ['warning squashed-before-loss 10'];

  it('tells a softmax or a sigmoid that the loss applies again, and takes it out', () => {
    const softmax = script('criterion(F.softmax(out, dim=1), y)');
    assert.deepEqual(found(softmax), alarm);
    assert.equal(mended(softmax, 'squashed-before-loss'), script('criterion(out, y)'));
    const method = script('F.cross_entropy(out.softmax(-1), y)');
    assert.equal(mended(method, 'squashed-before-loss'), script('F.cross_entropy(out, y)'));
    const sigmoid = script('criterion(torch.sigmoid(out).squeeze(1), y)', 'BCEWithLogitsLoss');
    assert.deepEqual(found(sigmoid), alarm);
    assert.equal(mended(sigmoid, 'squashed-before-loss'), script('criterion(out.squeeze(1), y)', 'BCEWithLogitsLoss'));
  });

  it('tells probabilities where their logarithm is wanted', () => {
    assert.deepEqual(found(script('F.nll_loss(F.softmax(out, dim=1), y)')), alarm);
  });

  it('is silent on what fits, and on what is not known', () => {
    for (const [loss, criterion] of [
      ['criterion(out, y)', 'CrossEntropyLoss'],
      ['criterion(out.view(-1, 4), y.view(-1))', 'CrossEntropyLoss'],
      ['criterion(torch.sigmoid(out), y)', 'BCELoss'],
      ['criterion(torch.log(F.softmax(out, dim=1)), y)', 'NLLLoss'],
      ['criterion(F.log_softmax(out, dim=1), y)', 'NLLLoss'],
      ['criterion(scaled(F.softmax(out, dim=1)), y)', 'CrossEntropyLoss'],
    ] as const)
      assert.deepEqual(found(script(loss, criterion)), [], loss);
  });
});
