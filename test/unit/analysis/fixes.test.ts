import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyEdits, createAnalyzer, summaryText, verdictOf, type Analyzer } from '../../../src/analysis';
import type { Finding, Fix } from '../../../src/rules';
import { sharedReader } from '../readers/support/reader';

const examples = resolve(__dirname, '..', '..', '..', 'examples');

describe('analysis of source', () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
    // The first reading compiles the parser, which its time limit is not meant for.
    analyzer.analyze({ file: 'warm.py', text: example('deep_tanh_mlp.py') });
  });

  const analyze = (text: string) => analyzer.analyze({ file: 'model.py', text });
  /** The proven fixes of the findings of one rule, and the text after the first of them. */
  const prove = (text: string, rule: string): { readonly fixes: readonly Fix[]; readonly mended: string } => {
    const [model] = analyze(text).models;
    assert.ok(model);
    const claims = model.findings
      .filter((finding: Finding) => finding.rule === rule)
      .flatMap((finding) => finding.fixes.map((fix) => ({ finding, fix })));
    const fixes = claims.flatMap((claim) => analyzer.proveFix({ file: 'model.py', text, model, ...claim }) ?? []);
    return { fixes, mended: applyEdits(text, fixes[0]?.edits ?? []) };
  };
  const rules = (text: string): readonly string[] =>
    analyze(text).models.flatMap(({ findings }) => findings.map(({ rule }) => rule));

  it('the deep tanh MLP: told, mended, silent', () => {
    const text = example('deep_tanh_mlp.py');
    assert.deepEqual(rules(text), ['vanishing-gradient', 'initializer-activation-mismatch']);
    const { fixes, mended } = prove(text, 'initializer-activation-mismatch');
    assert.match(fixes[0]?.title ?? '', /^Xavier-normal for 30 Linear layers: gradient over depth 8\.\de-8 → 0\.\d+$/);
    assert.match(mended, /nn\.init\.xavier_normal_\(module\.weight\)\n +nn\.init\.zeros_\(module\.bias\)\n/);
    assert.deepEqual(rules(mended), []);
  });

  it('code that is added where a file ends without a newline begins on a line of its own', () => {
    const text = `from torch import nn\n\nmodel = nn.Sequential(${'nn.Linear(64, 64), nn.Tanh(), '.repeat(30)}nn.Linear(64, 10))`;
    assert.ok(rules(text).includes('vanishing-gradient'));
    const { mended } = prove(text, 'vanishing-gradient');
    assert.match(mended, /nn\.Linear\(64, 10\)\)\nfor module in model\.modules\(\):\n/);
    assert.deepEqual(rules(mended), []);
  });

  it('the healthy examples: silent', () => {
    for (const name of [
      'deep_tanh_mlp_fixed.py',
      'relu_mlp_he.py',
      'resnet_bn.py',
      'pre_ln_block.py',
      'simple_cnn.py',
    ]) {
      const text = example(name);
      assert.deepEqual(rules(text), [], name);
      for (const model of analyze(text).models) assert.equal(verdictOf(model), 'healthy', name);
    }
  });

  it('sizes from argparse and contradicting sizes: no warning on what is not known', () => {
    const [assumed] = analyze(example('sizes_from_argparse.py')).models;
    assert.ok(assumed);
    assert.deepEqual(assumed.findings, []);
    assert.equal(verdictOf(assumed), 'notKnown');
    const [model] = analyze(example('contradiction.py')).models;
    assert.ok(model);
    assert.deepEqual(model.findings, []);
    assert.equal(verdictOf(model), 'notKnown');
    assert.match(summaryText(model), /not judged to the end$/);
  });

  it('an explicit call is rewritten, not followed by a second', () => {
    const { fixes, mended } = prove(example('exploding_mlp.py'), 'exploding-gradient');
    assert.equal(fixes[0]?.edits.length, 1);
    assert.match(mended, /nn\.init\.kaiming_normal_\(layer\.weight, nonlinearity='relu'\)/);
    assert.doesNotMatch(mended, /normal_\(layer\.weight, mean/);
    assert.deepEqual(rules(mended), []);
  });

  it('of a model in a variable, the loop names the variable', () => {
    const { mended } = prove(example('relu_mlp_default_deep.py'), 'vanishing-gradient');
    assert.match(mended, /^for module in \w+\.modules\(\):\n {4}if isinstance\(module, nn\.Linear\):\n/m);
    assert.deepEqual(rules(mended), []);
  });

  it('layers without a bias are not asked for one, mixed ones are looked at', () => {
    const model = (last: string): string => `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for _ in range(30):
            layers += [nn.Linear(128, 128, bias=False), nn.Tanh()]
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(128, 10, bias=${last})
        for m in self.body:
            pass

    def forward(self, x):
        return self.head(self.body(x))
`;
    assert.doesNotMatch(prove(model('False'), 'vanishing-gradient').mended, /module\.bias/);
    assert.match(prove(model('True'), 'vanishing-gradient').mended, /if module\.bias is not None:\n +nn\.init\.zeros_/);
  });

  it('GELU gets the biases that its critical point needs', () => {
    const text = example('deep_tanh_mlp.py').replaceAll('nn.Tanh()', 'nn.GELU()');
    const { fixes, mended } = prove(text, 'vanishing-gradient');
    assert.match(fixes[0]?.title ?? '', /^Xavier-normal of gain 1\.41, biases N\(0, 0\.415839²\)/);
    assert.match(mended, /xavier_normal_\(module\.weight, gain=1\.408211\)/);
    assert.match(mended, /nn\.init\.normal_\(module\.bias, std=0\.415839\)/);
    assert.deepEqual(rules(mended), []);
  });

  it('hidden sigmoids are replaced', () => {
    const text = example('deep_tanh_mlp.py').replaceAll('nn.Tanh()', 'nn.Sigmoid()');
    const { fixes, mended } = prove(text, 'vanishing-gradient');
    assert.match(fixes[0]?.title ?? '', /^ReLU instead of sigmoid, He-normal/);
    assert.doesNotMatch(mended, /Sigmoid/);
    assert.deepEqual(rules(mended), []);
  });

  it('a softmax module becomes an identity, a function call its argument', () => {
    const text = example('softmax_before_loss.py');
    assert.match(prove(text, 'softmax-before-cross-entropy').mended, /nn\.Identity\(\)/);
    const functional = (returned: string): string => `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        return ${returned}

model = Net()
criterion = nn.CrossEntropyLoss()
loss = criterion(model(torch.randn(2, 784)), torch.tensor([1, 2]))
`;
    for (const returned of [
      'F.softmax(self.fc2(x), dim=1)',
      'torch.softmax(self.fc2(x), 1)',
      'self.fc2(x).softmax(dim=-1)',
    ]) {
      const { mended } = prove(functional(returned), 'softmax-before-cross-entropy');
      assert.match(mended, /^ {8}return self\.fc2\(x\)$/m, returned);
    }
  });

  const classifier = (init: string, forward: string, loss: string): string => `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.gate = nn.Linear(128, 128)
        self.fc2 = nn.Linear(128, 10)
        ${init}

    def forward(self, x):
        h = F.relu(self.fc1(x))
        ${forward}

criterion = nn.${loss}()
loss = criterion(Net()(torch.randn(2, 784)), torch.tensor([1, 2]))
`;

  it('a softmax that also serves inside the model is only taken from the output', () => {
    const text = classifier(
      'self.softmax = nn.Softmax(dim=-1)',
      'return self.softmax(self.fc2(h * self.softmax(self.gate(h))))',
      'CrossEntropyLoss',
    );
    const { mended } = prove(text, 'softmax-before-cross-entropy');
    assert.match(mended, /^ {8}self\.softmax = nn\.Softmax\(dim=-1\)$/m);
    assert.match(mended, /^ {8}return self\.fc2\(h \* self\.softmax\(self\.gate\(h\)\)\)$/m);
  });

  it('probabilities become log-probabilities for NLL', () => {
    const called = classifier('pass', 'return F.softmax(self.fc2(h), dim=1)', 'NLLLoss');
    assert.match(
      prove(called, 'softmax-before-cross-entropy').mended,
      /return F\.log_softmax\(self\.fc2\(h\), dim=1\)$/m,
    );
    const made = classifier('self.p = nn.Softmax(dim=1)', 'return self.p(self.fc2(h))', 'NLLLoss');
    assert.match(prove(made, 'softmax-before-cross-entropy').mended, /self\.p = nn\.LogSoftmax\(dim=1\)$/m);
  });

  it('a constant is replaced by a draw that fits the activation', () => {
    const text = classifier('nn.init.constant_(self.fc1.weight, 0.1)', 'return self.fc2(h)', 'CrossEntropyLoss');
    const { mended } = prove(text, 'identical-units');
    assert.match(mended, /^ {8}nn\.init\.kaiming_normal_\(self\.fc1\.weight, nonlinearity='relu'\)$/m);
    assert.deepEqual(rules(mended), []);
  });

  it('an activation is put between linear layers of a sequence and of a forward', () => {
    const sequence = `
import torch.nn as nn

model = nn.Sequential(
    nn.Linear(784, 512),
    nn.Linear(512, 10),
)
`;
    assert.match(prove(sequence, 'no-activation-between-linear').mended, /nn\.Linear\(784, 512\), nn\.ReLU\(\),/);
    const forward = `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(784, 512)
        self.b = nn.Linear(512, 10)

    def forward(self, x):
        return self.b(self.a(x))
`;
    assert.match(
      prove(forward, 'no-activation-between-linear').mended,
      /self\.b\(nn\.functional\.relu\(self\.a\(x\)\)\)/,
    );
  });

  it('a fix that does not mend is not offered', () => {
    const text = example('deep_tanh_mlp.py');
    const [model] = analyze(text).models;
    const finding = model?.findings[0];
    assert.ok(model && finding);
    const start = { line: 0, column: 0, offset: 0 };
    const span = { file: 'model.py', start, end: start };
    for (const newText of ['# nothing\n', 'def broken(:\n'])
      assert.equal(
        analyzer.proveFix({ file: 'model.py', text, model, finding, fix: { title: 'x', edits: [{ span, newText }] } }),
        undefined,
      );
  });

  it('stands empty and broken text', () => {
    assert.deepEqual(analyze('').models, []);
    assert.doesNotThrow(() => analyze('class Net(nn.Module:\n  def'));
  });
});

function example(name: string): string {
  return readFileSync(join(examples, name), 'utf8');
}
