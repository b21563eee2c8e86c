import type { Activation, Distribution, Network, NodeId } from '../../../src/network';
import { Draft, torchDefault } from './build';

/** Standard architectures with the initialisers of their own implementations. */

const relu: Activation = { kind: 'relu' };
/** `kaiming_normal_(mode='fan_out', nonlinearity='relu')` of torchvision. */
const heFanOut: Distribution = { kind: 'varianceScaling', scale: 2, mode: 'fanOut', shape: 'normal' };
const zeroBias: Distribution = { kind: 'constant', value: 0 };

function maxPool(draft: Draft, x: NodeId, kernel: number, stride: number, padding = 0): NodeId {
  return draft.op(
    {
      kind: 'pool',
      reduce: 'max',
      kernel: [kernel, kernel],
      stride: [stride, stride],
      padding: [padding, padding],
      ceil: false,
      countPadding: true,
    },
    x,
  );
}

const averagePool = (draft: Draft, x: NodeId, size: number): NodeId =>
  draft.op({ kind: 'adaptivePool', reduce: 'average', output: [size, size] }, x);
const flatten = (draft: Draft, x: NodeId): NodeId => draft.op({ kind: 'flatten', start: 1, end: -1 }, x);
const dropout = (draft: Draft, x: NodeId): NodeId => draft.op({ kind: 'dropout', rate: 0.5, variant: 'element' }, x);

/** torchvision's AlexNet: everything on PyTorch's defaults. */
export function alexNet(): Network {
  const draft = new Draft();
  let x = draft.input(3, 224, 224);
  const conv = (into: number, out: number, kernel: number, stride: number, padding: number): void => {
    const z = draft.conv(x, into, out, { kernel, stride, padding, weight: torchDefault, bias: torchDefaultBias });
    x = draft.act(z, relu);
  };
  conv(3, 64, 11, 4, 2);
  x = maxPool(draft, x, 3, 2);
  conv(64, 192, 5, 1, 2);
  x = maxPool(draft, x, 3, 2);
  conv(192, 384, 3, 1, 1);
  conv(384, 256, 3, 1, 1);
  conv(256, 256, 3, 1, 1);
  x = flatten(draft, averagePool(draft, maxPool(draft, x, 3, 2), 6));
  x = draft.act(draft.linear(dropout(draft, x), 9216, 4096), relu);
  x = draft.act(draft.linear(dropout(draft, x), 4096, 4096), relu);
  return draft.build(draft.linear(x, 4096, 1000));
}

/** torchvision's VGG of 8 to 16 convolutions; `own: false` leaves PyTorch's defaults. */
export function vgg(perStage: readonly number[], own = true, norm = false): Network {
  const draft = new Draft();
  let x = draft.input(3, 224, 224);
  let channels = 3;
  for (const [stage, count] of perStage.entries()) {
    for (let layer = 0; layer < count; layer += 1) {
      const out = Math.min(512, 64 * 2 ** stage);
      const options = own ? { weight: heFanOut, bias: zeroBias } : { bias: torchDefaultBias };
      let z = draft.conv(x, channels, out, options);
      if (norm) z = draft.batchNorm(z, out);
      x = draft.act(z, relu);
      channels = out;
    }
    x = maxPool(draft, x, 2, 2);
  }
  x = flatten(draft, averagePool(draft, x, 7));
  const head: readonly [Distribution, Distribution] | undefined = own
    ? [{ kind: 'normal', mean: 0, std: 0.01 }, zeroBias]
    : undefined;
  const linear = (from: NodeId, into: number, out: number): NodeId =>
    head ? draft.linear(from, into, out, ...head) : draft.linear(from, into, out);
  x = dropout(draft, draft.act(linear(x, 25088, 4096), relu));
  x = dropout(draft, draft.act(linear(x, 4096, 4096), relu));
  return draft.build(linear(x, 4096, 1000));
}

/** torchvision's ResNet, `bottleneck` from 50 layers on. */
export function resNet(perStage: readonly number[], bottleneck: boolean): Network {
  const draft = new Draft();
  const conv = (x: NodeId, into: number, out: number, kernel: number, stride = 1): NodeId =>
    draft.batchNorm(draft.conv(x, into, out, { kernel, stride, weight: heFanOut }), out);
  let x = draft.conv(draft.input(3, 224, 224), 3, 64, { kernel: 7, stride: 2, weight: heFanOut });
  x = maxPool(draft, draft.act(draft.batchNorm(x, 64), relu), 3, 2, 1);
  let channels = 64;
  for (const [stage, count] of perStage.entries()) {
    for (let block = 0; block < count; block += 1) {
      const width = 64 * 2 ** stage;
      const out = bottleneck ? 4 * width : width;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      let f: NodeId;
      if (bottleneck) {
        f = draft.act(conv(x, channels, width, 1), relu);
        f = draft.act(conv(f, width, width, 3, stride), relu);
        f = conv(f, width, out, 1);
      } else {
        f = draft.act(conv(x, channels, width, 3, stride), relu);
        f = conv(f, width, width, 3);
      }
      const skip = stride !== 1 || channels !== out ? conv(x, channels, out, 1, stride) : x;
      x = draft.act(draft.add(f, skip), relu);
      channels = out;
    }
  }
  x = flatten(draft, averagePool(draft, x, 1));
  return draft.build(draft.linear(x, channels, 1000));
}

/** Pre-LN blocks of MLPs: x + W₂ gelu(W₁ LN(x)). */
export function preNormBlocks(blocks: number, width = 256, weight: Distribution = torchDefault): Network {
  const draft = new Draft();
  let x = draft.linear(draft.input(width), width, width, weight);
  for (let block = 0; block < blocks; block += 1) {
    const f = draft.linear(draft.layerNorm(x, width), width, 4 * width, weight);
    x = draft.add(x, draft.linear(draft.act(f, { kind: 'gelu', approximate: 'none' }), 4 * width, width, weight));
  }
  return draft.build(draft.linear(draft.layerNorm(x, width), width, 10, weight));
}

/** `hidden` layers of one width between an input and classes. */
export function classifier(hidden: number, activation: Activation, width = 256, weight = torchDefault): Network {
  const draft = new Draft();
  let x = draft.input(784);
  let into = 784;
  for (let layer = 0; layer < hidden; layer += 1) {
    x = draft.act(draft.linear(x, into, width, weight), activation);
    into = width;
  }
  return draft.build(draft.linear(x, into, 10, weight));
}

/** U(±1/√fan_in): of the biases of layers with more than a thousand inputs, next to nothing. */
const torchDefaultBias: Distribution = { kind: 'uniform', low: -0.02, high: 0.02 };
