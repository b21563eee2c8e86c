import assert from 'node:assert/strict';
import type { Activation, Network } from '../../../src/network';
import { judge } from '../../../src/rules';
import { propagate } from '../../../src/theory';
import { he, mlp, scaled, zero } from '../theory/build';
import { alexNet, classifier, preNormBlocks, resNet, vgg } from '../theory/zoo';

const judged = (network: Network): readonly string[] => {
  assert.deepEqual(network.notes, []);
  return judge(network, propagate(network)).map(({ severity, rule }) => `${severity} ${rule}`);
};
const relu: Activation = { kind: 'relu' };
const gelu: Activation = { kind: 'gelu', approximate: 'none' };

describe('silence on what trains', () => {
  for (const [name, network] of [
    ['AlexNet on the defaults of PyTorch', alexNet()],
    ['VGG-16 as torchvision draws it', vgg([2, 2, 3, 3, 3])],
    ['VGG-19', vgg([2, 2, 4, 4, 4])],
    ['VGG-16 with batch norm', vgg([2, 2, 3, 3, 3], true, true)],
    ['VGG-19 with batch norm', vgg([2, 2, 4, 4, 4], true, true)],
    ['ResNet-18', resNet([2, 2, 2, 2], false)],
    ['ResNet-50', resNet([3, 4, 6, 3], true)],
    ['ResNet-152', resNet([3, 8, 36, 3], true)],
    ['a pre-LN block', preNormBlocks(1)],
    ['48 pre-LN blocks', preNormBlocks(48)],
    ['GPT-2-like pre-LN blocks', preNormBlocks(12, 768, { kind: 'normal', mean: 0, std: 0.02 })],
    ['30 He ReLU layers', mlp(30, 256, relu, he, zero)],
    ['50 LeCun SELU layers', mlp(50, 256, { kind: 'selu' }, scaled(1), zero)],
    ['50 Xavier tanh layers', mlp(50, 256, { kind: 'tanh' }, scaled(1), zero)],
    ['a single layer', mlp(1, 8, relu)],
  ] as const)
    // What is only of no use is said, as torchvision's biases before batch norm are.
    it(name, () =>
      assert.deepEqual(
        judged(network).filter((finding) => finding !== 'information bias-before-norm'),
        [],
      ),
    );

  for (const activation of [relu, gelu, { kind: 'tanh' }, { kind: 'silu' }, { kind: 'sigmoid' }] as const)
    it(`one to three hidden layers of ${activation.kind} on the defaults: nothing at warning level`, () => {
      for (const hidden of [1, 2, 3])
        assert.deepEqual(
          judged(classifier(hidden, activation)).filter((finding) => !finding.startsWith('information')),
          [],
        );
    });

  for (const activation of [relu, gelu, { kind: 'tanh' }] as const)
    it(`five of ${activation.kind}`, () =>
      assert.deepEqual(
        judged(classifier(5, activation)).filter((finding) => !finding.startsWith('information')),
        [],
      ));

  it('sizes that are not known, however deep', () => {
    assert.deepEqual(judged(mlp(60, { symbol: 'args.width' }, relu)), []);
  });
});

describe('what was measured not to train is told (SGD stalls: warning, Adam too: error)', () => {
  const worst = (network: Network): string | undefined => judge(network, propagate(network))[0]?.severity;
  for (const [name, expected, network] of [
    ['VGG-16 on the defaults of PyTorch', 'warning', vgg([2, 2, 3, 3, 3], false)],
    ['10 default ReLU layers', 'warning', classifier(10, relu, 128)],
    ['20 default ReLU layers', 'error', classifier(20, relu, 128)],
    ['8 default tanh layers', undefined, classifier(7, { kind: 'tanh' }, 128)],
    ['15 default tanh layers', 'warning', classifier(15, { kind: 'tanh' }, 128)],
    ['30 default tanh layers', 'error', classifier(30, { kind: 'tanh' }, 128)],
    ['8 default GELU layers', 'warning', classifier(8, gelu, 128)],
    ['4 sigmoid layers', 'warning', classifier(4, { kind: 'sigmoid' }, 128)],
    ['8 sigmoid layers', 'error', classifier(8, { kind: 'sigmoid' }, 128)],
    ['30 ReLU layers of σ_w² = 1 without biases', 'warning', mlp(30, 128, relu, scaled(1), 'none')],
    ['30 tanh layers of σ_w² = 8', 'warning', mlp(30, 128, { kind: 'tanh' }, scaled(8), 'none')],
    [
      '40 tanh layers of σ_w² = 4, which Adam trains and SGD does not',
      'information',
      mlp(41, 128, { kind: 'tanh' }, scaled(4), 'none'),
    ],
  ] as const)
    it(name, () => assert.equal(worst(network), expected));
});
