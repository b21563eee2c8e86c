import assert from 'node:assert/strict';
import { found, mended, withAnalyzer } from './script';

const script = (layers: string, more = ''): string => `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=4):
        super().__init__()
        self.layers = ${layers}
        self.out = nn.Linear(16, 4)
${more}
    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.out(x)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
`;

describe('unregistered-layers', () => {
  withAnalyzer();

  it('tells layers in a list, written out or made in a loop, and registers them', () => {
    for (const list of ['[nn.Linear(16, 16), nn.Linear(16, 16)]', '[nn.Linear(16, 16) for _ in range(depth)]']) {
      assert.deepEqual(found(script(list)), ['error unregistered-layers 7'], list);
      assert.equal(mended(script(list), 'unregistered-layers'), script(`nn.ModuleList(${list})`));
    }
  });

  it('is silent on lists that are registered, and on lists of other things', () => {
    assert.deepEqual(found(script('nn.ModuleList([nn.Linear(16, 16)])')), []);
    assert.deepEqual(found(script('[16, 16]')), []);
    const list = '[nn.Linear(16, 16), nn.Linear(16, 16)]';
    assert.deepEqual(found(script(list, '        self.net = nn.Sequential(*self.layers)\n')), []);
    assert.deepEqual(
      found(script(list, '        for i, one in enumerate(self.layers):\n            self.add_module(str(i), one)\n')),
      [],
    );
    const given = script(list).replace(
      'optimizer =',
      'more = [p for one in model.layers for p in one.parameters()]\noptimizer =',
    );
    assert.deepEqual(found(given), []);
  });
});
