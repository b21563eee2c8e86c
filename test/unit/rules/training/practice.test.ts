import assert from 'node:assert/strict';
import { found, mended, withAnalyzer } from './script';

const model = `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.norm = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.5)
        self.fc2 = nn.Linear(16, 4)

    def forward(self, x):
        return self.fc2(self.drop(torch.relu(self.norm(self.fc1(x)))))

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
scaler = torch.amp.GradScaler()
`;
const script = (...lines: readonly string[]): string => `${model}${lines.map((line) => `${line}\n`).join('')}`;
const loop = (...body: readonly string[]): string =>
  script('for x, y in loader:', ...body.map((line) => `    ${line}`));
const zero = 'optimizer.zero_grad()';
const loss = 'loss = criterion(model(x), y)';
const backward = 'loss.backward()';
const clip = 'torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)';
const step = 'optimizer.step()';

describe('clipping-without-effect', () => {
  withAnalyzer();

  it('tells clipping after the step, and moves it', () => {
    const sick = loop(zero, loss, backward, step, clip);
    assert.deepEqual(found(sick), ['warning clipping-without-effect 24']);
    assert.equal(mended(sick, 'clipping-without-effect'), loop(zero, loss, backward, clip, step));
  });

  it('tells clipping before backward, and moves it', () => {
    const sick = loop(zero, loss, clip, backward, step);
    assert.deepEqual(found(sick), ['warning clipping-without-effect 22']);
    assert.equal(mended(sick, 'clipping-without-effect'), loop(zero, loss, backward, clip, step));
  });

  it('tells clipping of scaled gradients, and unscales them', () => {
    const scaled = ['scaler.scale(loss).backward()', clip, 'scaler.step(optimizer)', 'scaler.update()'];
    const sick = loop(zero, loss, ...scaled);
    assert.deepEqual(found(sick), ['warning clipping-without-effect 23']);
    assert.equal(
      mended(sick, 'clipping-without-effect'),
      loop(zero, loss, scaled[0] ?? '', 'scaler.unscale_(optimizer)', ...scaled.slice(1)),
    );
  });

  it('is silent where it is clipped before the step, be it under a condition or after several backward passes', () => {
    assert.deepEqual(found(loop(zero, loss, backward, clip, step)), []);
    assert.deepEqual(found(loop(loss, backward, 'if clipped:', `    ${clip}`, step, zero)), []);
    assert.deepEqual(found(loop(loss, backward, 'if i % 4 == 0:', `    ${clip}`, `    ${step}`, `    ${zero}`)), []);
    assert.deepEqual(
      found(
        loop(zero, loss, 'scaler.scale(loss).backward()', 'scaler.unscale_(optimizer)', clip, 'scaler.step(optimizer)'),
      ),
      [],
    );
  });
});

const epochs = (before: readonly string[], training: readonly string[], after: readonly string[]): string =>
  script(
    'for epoch in range(10):',
    ...before.map((line) => `    ${line}`),
    '    for x, y in loader:',
    ...training.map((line) => `        ${line}`),
    ...after.map((line) => `    ${line}`),
  );
const training = [zero, loss, backward, step];
const validation = [
  'with torch.no_grad():',
  '    for x, y in held_out:',
  '        correct = (model(x).argmax(1) == y).sum().item()',
];

describe('validation-in-training-mode', () => {
  withAnalyzer();

  it('tells validation that never turns dropout and batch norm off, and turns them', () => {
    const sick = epochs([], training, validation);
    assert.deepEqual(found(sick), ['warning validation-in-training-mode 27']);
    assert.equal(
      mended(sick, 'validation-in-training-mode'),
      epochs(['model.train()'], training, ['model.eval()', ...validation]),
    );
  });

  it('tells it in functions', () => {
    const sick = `${model}
def train(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

def test(model, loader):
    with torch.no_grad():
        return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)

train(model, loader, optimizer)
test(model, held_out)
`;
    assert.deepEqual(found(sick), ['warning validation-in-training-mode 28']);
    assert.equal(
      mended(sick, 'validation-in-training-mode'),
      sick.replace('    with torch.no_grad', '    model.eval()\n    with torch.no_grad'),
    );
  });

  it('is silent without such layers, with eval() anywhere, and where the model is handed over', () => {
    const plain = (text: string): string =>
      text.replace(/self\.(drop|norm)\(/g, '(').replace(/.*(BatchNorm1d|Dropout).*\n/g, '');
    assert.deepEqual(found(plain(epochs([], training, validation))), []);
    assert.deepEqual(found(epochs(['model.train()'], training, ['model.eval()', ...validation])), []);
    assert.deepEqual(found(epochs(['model.train()'], training, ['model.train(False)', ...validation])), []);
    assert.deepEqual(found(epochs(['set_mode(model)'], training, validation)), []);
  });
});

describe('training-in-evaluation-mode', () => {
  withAnalyzer();

  it('tells a model that stays in evaluation mode, and puts it back', () => {
    const sick = epochs([], training, ['model.eval()', ...validation]);
    assert.deepEqual(found(sick), ['warning training-in-evaluation-mode 25']);
    assert.equal(
      mended(sick, 'training-in-evaluation-mode'),
      epochs(['model.train()'], training, ['model.eval()', ...validation]),
    );
  });

  it('tells train() that stands before the epochs', () => {
    const sick = epochs([], training, ['model.eval()', ...validation]).replace('for epoch', 'model.train()\nfor epoch');
    assert.deepEqual(found(sick), ['warning training-in-evaluation-mode 26']);
  });

  it('is silent where the mode is put back, where there is one round, and where batch norm is to stay', () => {
    assert.deepEqual(found(epochs([], training, ['model.eval()', ...validation, 'model.train()'])), []);
    assert.deepEqual(found(epochs([], training, ['model.eval()', ...validation]).replace('range(10)', 'range(1)')), []);
    assert.deepEqual(found(epochs(['model.eval()'], training, [])), []);
  });
});

describe('loss-kept-with-graph', () => {
  withAnalyzer();

  it('tells a total that is a tensor, and takes its number', () => {
    const sick = epochs(['total = 0.0'], [...training, 'total += loss'], ['print(total)']);
    assert.deepEqual(found(sick), ['warning loss-kept-with-graph 26']);
    assert.match(mended(sick, 'loss-kept-with-graph') ?? '', /total \+= loss\.item\(\)\n/);
  });

  it('tells a list of losses, and validation with gradients', () => {
    assert.deepEqual(found(loop(...training, 'history.append(loss)').replace('for x', 'history = []\nfor x')), [
      'warning loss-kept-with-graph 25',
    ]);
    const validated = script('total = 0', 'for x, y in held_out:', '    total += criterion(model(x), y)');
    assert.deepEqual(found(validated), ['warning loss-kept-with-graph 21']);
  });

  it('is silent on numbers, on what is differentiated later, and without gradients', () => {
    for (const kept of ['loss.item()', 'loss.detach()', 'float(loss)', 'loss.data', 'loss.cpu().item() * x.size(0)'])
      assert.deepEqual(found(epochs(['total = 0.0'], [...training, `total += ${kept}`], [])), [], kept);
    assert.deepEqual(
      found(
        loop(
          zero,
          'total = 0',
          'for head in heads:',
          '    total += criterion(model(x), head)',
          'total.backward()',
          step,
        ),
      ),
      [],
    );
    assert.deepEqual(
      found(
        script(
          'total = 0',
          'with torch.no_grad():',
          '    for x, y in held_out:',
          '        total += criterion(model(x), y)',
        ),
      ),
      [],
    );
  });
});

describe('graph-retained', () => {
  withAnalyzer();

  it('informs of a graph that nobody goes through again, and lets it go', () => {
    const sick = loop(zero, loss, 'loss.backward(retain_graph=True)', step);
    assert.deepEqual(found(sick), ['information graph-retained 22']);
    assert.equal(mended(sick, 'graph-retained'), loop(zero, loss, backward, step));
  });

  it('is silent where a second pass follows', () => {
    assert.deepEqual(
      found(loop(zero, loss, 'loss.backward(retain_graph=True)', 'criterion(model(x), y).backward()', step)),
      [],
    );
  });
});
