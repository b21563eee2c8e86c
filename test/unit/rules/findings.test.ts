import assert from 'node:assert/strict';
import type { Activation, Network } from '../../../src/network';
import { catalogue, judge, type Finding } from '../../../src/rules';
import { propagate } from '../../../src/theory';
import { near } from '../moments/expect';
import { Draft, he, mlp, scaled, torchDefault, zero } from '../theory/build';
import { classifier } from '../theory/zoo';

const relu: Activation = { kind: 'relu' };
const findings = (network: Network): readonly Finding[] => judge(network, propagate(network));
const rulesOf = (network: Network): readonly string[] => findings(network).map(({ rule }) => rule);

describe('findings', () => {
  it('name number, unit, evidence, source and parameters; a cause is said once, at the lines to blame', () => {
    const network = classifier(30, { kind: 'tanh' });
    const [gradient, mismatch, ...rest] = findings(network);
    assert.deepEqual(rest, []);
    assert.equal(gradient?.rule, 'vanishing-gradient');
    assert.equal(gradient.span, network.span);
    near(gradient.quantity.value, propagate(network).depth!.gain, 0);
    assert.match(gradient.label, /^gradient ×\d\.\de-8 over depth$/);
    assert.match(gradient.message, /PyTorch's default \(σ_w² = 0\.33\) with tanh/);
    assert.equal(mismatch?.rule, 'initializer-activation-mismatch');
    assert.match(mismatch.label, /^gain 0\.57\/layer$/);
    assert.equal(mismatch.parameters.length, 31);
    assert.equal(mismatch.span.start.line, network.nodes[1]?.span.start.line);
    for (const { evidence, quantity, citation, confidence } of [gradient, mismatch]) {
      assert.deepEqual(evidence, ['predicted']);
      assert.equal(quantity.unit, '×');
      assert.match(citation, /\d{4}/);
      assert.equal(confidence, 'high');
    }
  });

  it('come worst first, then in the order of the text, with severities that the caller may change', () => {
    const network = classifier(30, { kind: 'tanh' });
    const report = propagate(network);
    const severities = { 'vanishing-gradient': 'information', 'initializer-activation-mismatch': 'off' } as const;
    assert.deepEqual(
      judge(network, report, { severities }).map(({ rule, severity }) => `${severity} ${rule}`),
      ['information vanishing-gradient'],
    );
  });

  it('are of rules of the catalogue, each of which has an id of its own', () => {
    const ids = catalogue.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of rulesOf(classifier(30, { kind: 'sigmoid' }))) assert.ok(ids.includes(id));
  });
});

describe('gradient and signal', () => {
  it('chaotic weights explode, with σ_w² as the cause', () => {
    const [finding] = findings(mlp(60, 128, { kind: 'tanh' }, scaled(9), 'none'));
    assert.equal(finding?.rule, 'exploding-gradient');
    assert.match(finding.message, /σ_w² = 9/);
  });

  it('is silent on an output that is large by what all of its units have in common', () => {
    const logits = (bias: number): Network => {
      const draft = new Draft();
      const hidden = draft.act(draft.linear(draft.input(64), 64, 64, he, 'none'), relu);
      const head = draft.linear(hidden, 64, 10, scaled(0.001), { kind: 'constant', value: bias });
      return draft.build(draft.op({ kind: 'affine', factor: 14.3, offset: 0 }, head));
    };
    assert.ok(!rulesOf(logits(-4.6)).includes('exploding-signal'));
  });

  it('residual He branches without scaling explode forward too, said once, and blamed on the branches', () => {
    const residual = (blocks: number, factor: number): Network => {
      const draft = new Draft();
      let x = draft.linear(draft.input(64), 64, 64, he, 'none');
      for (let block = 0; block < blocks; block += 1) {
        const f = draft.linear(
          draft.act(draft.linear(draft.act(x, relu), 64, 64, he, 'none'), relu),
          64,
          64,
          he,
          'none',
        );
        x = draft.add(x, factor === 1 ? f : draft.op({ kind: 'affine', factor, offset: 0 }, f));
      }
      return draft.build(draft.linear(draft.act(x, relu), 64, 10, scaled(1)));
    };
    // 16 blocks: a first loss of 280 and NaN at the second step (methods D4).
    assert.deepEqual(rulesOf(residual(11, 1)).toSorted(), ['exploding-signal', 'unscaled-residual']);
    assert.deepEqual(rulesOf(residual(64, 1)).toSorted(), ['exploding-gradient', 'unscaled-residual']);
    assert.deepEqual(rulesOf(residual(64, 1 / 8)), []);
    assert.deepEqual(rulesOf(residual(4, 1)), []);
  });

  it('a signal that vanishes before a norm is told where it does', () => {
    const draft = new Draft();
    const tiny = draft.linear(draft.input(64), 64, 64, { kind: 'normal', mean: 0, std: 1e-9 }, 'none');
    const network = draft.build(draft.linear(draft.layerNorm(tiny, 64), 64, 10, scaled(1), 'none'));
    const [finding] = findings(network);
    assert.equal(finding?.rule, 'vanishing-signal');
    assert.equal(finding.span.start.line, network.nodes[tiny]?.span.start.line);
  });

  it('sigmoid has no initialiser to recommend', () => {
    const mismatch = findings(classifier(8, { kind: 'sigmoid' })).find(
      ({ rule }) => rule === 'initializer-activation-mismatch',
    );
    assert.match(mismatch?.message ?? '', /No initialisation keeps a gradient/);
  });
});

describe('identical-units', () => {
  const chain = (first = torchDefault, second = torchDefault, third = torchDefault): Network => {
    const draft = new Draft();
    let x = draft.act(draft.linear(draft.input(16), 16, 32, first), relu);
    x = draft.act(draft.linear(x, 32, 32, second), relu);
    return draft.build(draft.linear(x, 32, 10, third));
  };
  const half = { kind: 'constant', value: 0.5 } as const;
  const told = (network: Network): readonly string[] =>
    findings(network)
      .filter(({ rule }) => rule === 'identical-units')
      .map(({ severity }) => severity);

  it('for ever where the next layer is constant too, else at the start', () => {
    assert.deepEqual(told(chain(half, half, half)), ['error', 'error']);
    assert.deepEqual(told(chain(torchDefault, half)), ['information']);
    assert.deepEqual(told(chain(torchDefault, zero)), ['information']);
  });

  it('not of an output layer, of biases and of norms', () => {
    assert.deepEqual(told(chain(torchDefault, torchDefault, zero)), []);
    const draft = new Draft();
    const x = draft.layerNorm(draft.linear(draft.input(16), 16, 32, he, zero), 32);
    assert.deepEqual(told(draft.build(draft.linear(draft.act(x, relu), 32, 10, he, zero))), []);
  });

  it('not of a zero last layer of a residual branch (Fixup), nor of a branch behind a zero scale (ReZero)', () => {
    const draft = new Draft();
    let x = draft.linear(draft.input(32), 32, 32);
    for (let block = 0; block < 3; block += 1)
      x = draft.add(x, draft.linear(draft.act(draft.linear(x, 32, 32, he), relu), 32, 32, zero, zero));
    x = draft.add(x, draft.scalar(draft.linear(x, 32, 32), 0));
    assert.deepEqual(rulesOf(draft.build(draft.linear(x, 32, 10))), []);
  });
});

describe('selu-without-lecun', () => {
  const told = (network: Network): readonly string[] =>
    findings(network)
      .filter(({ rule }) => rule === 'selu-without-lecun')
      .map(({ severity }) => severity);
  const selu: Activation = { kind: 'selu' };

  it('warns of deep stacks, informs of shallow ones, is silent on LeCun-normal', () => {
    assert.deepEqual(told(classifier(12, selu)), ['warning']);
    assert.deepEqual(told(classifier(3, selu)), ['information']);
    assert.deepEqual(told(classifier(12, selu, 256, scaled(1))), []);
  });

  it('takes the place of the mismatch', () => {
    const network = mlp(60, 128, selu);
    assert.deepEqual(rulesOf(network).includes('initializer-activation-mismatch'), false);
    assert.ok(rulesOf(network).includes('vanishing-gradient'));
  });

  it('tells of plain dropout after SELU', () => {
    const draft = new Draft();
    const x = draft.act(draft.linear(draft.input(16), 16, 16, scaled(1), zero), selu);
    const dropped = draft.op({ kind: 'dropout', rate: 0.2, variant: 'element' }, x);
    const [finding] = findings(draft.build(draft.linear(dropped, 16, 4, scaled(1), zero)));
    assert.equal(finding?.rule, 'selu-without-lecun');
    near(finding.quantity.value, 1.25, 1e-12);
  });
});

describe('no-activation-between-linear', () => {
  const pair = (into: number, middle: number, out: number, between?: Activation): Network => {
    const draft = new Draft();
    const first = draft.linear(draft.input(into), into, middle);
    const x = between ? draft.act(first, between) : first;
    const dropped = draft.op({ kind: 'dropout', rate: 0.1, variant: 'element' }, x);
    return draft.build(draft.linear(dropped, middle, out));
  };

  it('warns of two layers that one could replace', () => {
    assert.deepEqual(rulesOf(pair(784, 512, 10)), ['no-activation-between-linear']);
    assert.deepEqual(rulesOf(pair(784, 512, 10, relu)), []);
  });

  it('leaves a narrow layer between wide ones, depthwise and spatial factors, and a layer that others read', () => {
    assert.deepEqual(rulesOf(pair(1024, 64, 1024)), []);
    const draft = new Draft();
    const x = draft.linear(draft.input(16), 16, 16);
    assert.deepEqual(rulesOf(draft.build(draft.add(x, draft.linear(x, 16, 16)))), []);
    const convolutions = new Draft();
    const z = convolutions.conv(convolutions.input(8, 16, 16), 8, 8);
    assert.deepEqual(rulesOf(convolutions.build(convolutions.conv(z, 8, 16, { kernel: 1 }))), []);
  });
});

describe('softmax-before-cross-entropy', () => {
  const span = {
    file: 'model.py',
    start: { line: 9, column: 0, offset: 900 },
    end: { line: 9, column: 9, offset: 909 },
  };
  const network = (log: boolean, kind: 'crossEntropy' | 'negativeLogLikelihood'): Network => {
    const draft = new Draft();
    const x = draft.linear(draft.input(16), 16, 10);
    return { ...draft.build(draft.op({ kind: 'softmax', axis: 1, log }, x)), losses: [{ kind, span }] };
  };

  it('tells the loss that cannot be fallen below: ln(1 + 9/e) of ten classes', () => {
    const [finding] = findings(network(false, 'crossEntropy'));
    assert.equal(finding?.severity, 'warning');
    near(finding.quantity.value, Math.log(1 + 9 / Math.E), 1e-12);
    assert.deepEqual(finding.related, [span]);
  });

  it('only informs of log-softmax', () => {
    assert.deepEqual(
      findings(network(true, 'crossEntropy')).map(({ severity }) => severity),
      ['information'],
    );
  });

  it('warns of probabilities where NLL takes their logarithm, and leaves log-softmax to it', () => {
    const [finding] = findings(network(false, 'negativeLogLikelihood'));
    assert.equal(finding?.rule, 'softmax-before-cross-entropy');
    assert.equal(finding.severity, 'warning');
    assert.match(finding.message, /takes log-probabilities/);
    assert.deepEqual(findings(network(true, 'negativeLogLikelihood')), []);
  });
});
