import assert from 'node:assert/strict';
import { found, mended, withAnalyzer } from './script';

const head = `import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
`;

/** A plain loop; a body line by line. */
const loop = (...body: readonly string[]): string =>
  `${head}for x, y in loader:\n${body.map((line) => `    ${line}\n`).join('')}`;

const zero = 'optimizer.zero_grad()';
const loss = 'loss = criterion(model(x), y)';
const backward = 'loss.backward()';
const step = 'optimizer.step()';

describe('missing-zero-grad', () => {
  withAnalyzer();

  it('tells a loop that never clears, and writes the call', () => {
    const sick = loop(loss, backward, step);
    assert.deepEqual(found(sick), ['error missing-zero-grad 11']);
    assert.equal(mended(sick, 'missing-zero-grad'), loop(loss, zero, backward, step));
  });

  it('tells one that clears before the loop only, and one in a function that nobody calls', () => {
    assert.deepEqual(found(loop(loss, backward, step).replace('for x', `${zero}\nfor x`)), [
      'error missing-zero-grad 12',
    ]);
    const library = `def train(model, loader, criterion, optimizer):
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
`;
    assert.deepEqual(found(library), ['error missing-zero-grad 5']);
  });

  it('tells the step of a scaler, of a method and of one of two optimisers', () => {
    const scaled = loop(loss, 'scaler.scale(loss).backward()', 'scaler.step(optimizer)', 'scaler.update()').replace(
      'for x',
      'scaler = torch.amp.GradScaler()\nfor x',
    );
    assert.deepEqual(found(scaled), ['error missing-zero-grad 12']);
    assert.match(mended(scaled, 'missing-zero-grad') ?? '', /optimizer\.zero_grad\(\)\n {4}scaler\.scale/);
    const two = `import torch
G, D = torch.nn.Linear(4, 8), torch.nn.Linear(8, 1)
opt_g = torch.optim.Adam(G.parameters(), lr=2e-4)
opt_d = torch.optim.Adam(D.parameters(), lr=2e-4)
for real in loader:
    opt_d.zero_grad()
    d_loss = (D(G(real).detach()) - D(real)).mean()
    d_loss.backward()
    opt_d.step()
    g_loss = -D(G(real)).mean()
    g_loss.backward()
    opt_g.step()
`;
    assert.deepEqual(found(two), ['error missing-zero-grad 12']);
    assert.deepEqual(found(two.replace('    g_loss =', '    G.zero_grad()\n    g_loss =')), []);
  });

  it('is silent where it is cleared in whatever way, or where nobody knows', () => {
    for (const clearing of [
      'model.zero_grad(set_to_none=True)',
      'for p in model.parameters():\n        p.grad = None',
      'for p in model.parameters():\n        p.grad.zero_()',
      'if i % 4 == 0:\n        optimizer.zero_grad()',
      'clear(optimizer)',
      'optimizer.zero_grad(); print(1)',
    ])
      assert.deepEqual(found(loop(loss, backward, step, clearing)), [], clearing);
    assert.deepEqual(found(`${head}loss = criterion(model(x), y)\nloss.backward()\noptimizer.step()\n`), []);
    assert.deepEqual(found(loop('optimizer = torch.optim.SGD(model.parameters(), lr=0.1)', loss, backward, step)), []);
    assert.deepEqual(found(loop(loss, backward, step).replace('for x, y in loader', 'for _ in range(1)')), []);
    assert.deepEqual(found(`for t in range(9):\n    env.step(a)\n    loss.backward()\n    env.step()\n`), []);
  });

  it('says nothing of a text that does not parse', () => {
    assert.deepEqual(found(`${loop(loss, backward, step)}def broken(:\n`), []);
  });
});

describe('gradient-erased-before-step', () => {
  withAnalyzer();

  it('tells a step before backward, and moves it', () => {
    const sick = loop(zero, loss, step, backward);
    assert.deepEqual(found(sick), ['error gradient-erased-before-step 11']);
    assert.equal(mended(sick, 'gradient-erased-before-step'), loop(zero, loss, backward, step));
  });

  it('tells zero_grad between backward and step, and moves it', () => {
    const sick = loop(loss, backward, zero, step);
    assert.deepEqual(found(sick), ['error gradient-erased-before-step 12']);
    assert.equal(mended(sick, 'gradient-erased-before-step'), loop(loss, zero, backward, step));
  });

  it('is silent on the orders that work', () => {
    for (const order of [
      [zero, loss, backward, step],
      [loss, zero, backward, step],
      [loss, backward, step, zero],
      [zero, loss, backward, step, zero],
      [loss, backward, 'if i % 4 == 0:', `    ${step}`, `    ${zero}`],
    ])
      assert.deepEqual(found(loop(...order)), [], order.join('; '));
  });
});

describe('weights-never-updated', () => {
  withAnalyzer();

  it('tells a loop without a step, and writes it', () => {
    const sick = loop(zero, loss, backward);
    assert.deepEqual(found(sick), ['error weights-never-updated 11']);
    assert.equal(mended(sick, 'weights-never-updated'), `${sick.trimEnd()}\n    ${step}\n`);
  });

  it('tells a loop without backward', () => {
    assert.deepEqual(found(loop(zero, loss, step)), ['error weights-never-updated 11']);
  });

  it('is silent where code that is not followed may do it', () => {
    assert.deepEqual(found(loop(zero, loss, backward, 'update(optimizer)')), []);
    assert.deepEqual(found(loop(zero, loss, 'scaled_backward(loss)', step)), []);
    assert.deepEqual(found(loop(zero, loss, 'accelerator.backward(loss)', step)), []);
    assert.deepEqual(found(loop(zero, loss, 'optimizer.step(closure)')), []);
  });
});
