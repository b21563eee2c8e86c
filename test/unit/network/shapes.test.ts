import assert from 'node:assert/strict';
import { BATCH, inferShape, NetworkBuilder, shapeText, type Dim, type Op, type Shape } from '../../../src/network';

const linear = (inFeatures: Dim, outFeatures: Dim): Op => ({ kind: 'linear', inFeatures, outFeatures, weight: 'w' });
const conv = (inChannels: Dim, outChannels: Dim, kernel: Dim, stride = 1, padding: Dim = 0): Op => ({
  kind: 'conv',
  inChannels,
  outChannels,
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
  groups: 1,
  weight: 'w',
});
const maxPool = (kernel: number, stride: number, padding: number, ceil: boolean): Op => ({
  kind: 'pool',
  reduce: 'max',
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  ceil,
  countPadding: true,
});
function shape(op: Op, ...inputs: Shape[]): string {
  const result = inferShape(op, inputs);
  return result.kind === 'shape' ? (result.shape ? shapeText(result.shape) : 'unknown') : result.message;
}
const H = { symbol: 'H' };
const W = { symbol: 'W' };

describe('shape inference', () => {
  it('follows sequences, slices and matrix products', () => {
    const T = { symbol: 'T' };
    assert.equal(shape({ kind: 'embedding', vocabulary: 100, features: 8, weight: 'w' }, [BATCH, T]), 'B×T×8');
    assert.equal(shape({ kind: 'matmul' }, [BATCH, 4, T, 8], [BATCH, 4, 8, T]), 'B×4×T×T');
    assert.equal(shape({ kind: 'matmul' }, [3], [3, 5]), '5');
    assert.match(shape({ kind: 'matmul' }, [2, 3], [4, 5]), /Cannot multiply/);
    assert.equal(shape({ kind: 'einsum', equation: 'bhqd,bhkd->bhqk' }, [BATCH, 4, 7, 8], [BATCH, 4, 9, 8]), 'B×4×7×9');
    assert.equal(
      shape(
        { kind: 'attention', causal: true, dropout: 0, mask: 'none' },
        [BATCH, 4, 7, 8],
        [BATCH, 4, 9, 8],
        [BATCH, 4, 9, 6],
      ),
      'B×4×7×6',
    );
    const slice = (start: Dim, end?: Dim, step = 1): Op => ({
      kind: 'slice',
      axis: 1,
      start,
      ...(end !== undefined && { end }),
      step,
    });
    assert.equal(shape(slice(0, undefined, 2), [BATCH, 7]), 'B×4');
    assert.equal(shape(slice(-3), [BATCH, 7]), 'B×3');
    assert.equal(shape(slice(1), [BATCH, T]), 'B×T−1');
    assert.equal(shape(slice(0, T), [BATCH, 64]), 'B×T');
    assert.equal(shape({ kind: 'squeeze', axes: [-1] }, [BATCH, 5, 1]), 'B×5');
    assert.equal(shape({ kind: 'unsqueeze', axis: -1 }, [BATCH, 5]), 'B×5×1');
    assert.equal(shape({ kind: 'expand', shape: [BATCH, -1, -1] }, [1, 1, 8]), 'B×1×8');
    assert.equal(
      shape(
        {
          kind: 'pad',
          pads: [
            [1, 2],
            [0, -1],
          ],
          mode: 'constant',
          value: 0,
        },
        [BATCH, 3, 4, 4],
      ),
      'B×3×7×3',
    );
    assert.equal(shape({ kind: 'gather', axis: 0 }, [169, 3], [49, 49]), '49×49×3');
    assert.equal(shape({ kind: 'topK', k: 2, axis: -1, largest: true, result: 'values' }, [BATCH, 8]), 'B×2');
  });

  it('follows transposed convolutions, upsampling and recurrence', () => {
    const up: Op = {
      kind: 'convTranspose',
      inChannels: 8,
      outChannels: 4,
      kernel: [4, 4],
      stride: [2, 2],
      padding: [1, 1],
      outputPadding: [0, 0],
      dilation: [1, 1],
      groups: 1,
      weight: 'w',
    };
    assert.equal(shape(up, [BATCH, 8, 7, 7]), 'B×4×14×14');
    const twice: Op = {
      kind: 'upsample',
      mode: 'nearest',
      target: { kind: 'scale', factors: [2, 2] },
      alignCorners: false,
    };
    assert.equal(shape(twice, [BATCH, 8, 7, 9]), 'B×8×14×18');
    const lstm = (result: 'sequence' | 'hidden'): Op => ({
      kind: 'recurrent',
      cell: { kind: 'lstm', activation: { kind: 'tanh' }, gateActivation: { kind: 'sigmoid' } },
      inputSize: 8,
      hiddenSize: 16,
      reverse: false,
      inputWeight: 'w',
      recurrentWeight: 'u',
      result,
    });
    assert.equal(shape(lstm('sequence'), [BATCH, 20, 8]), 'B×20×16');
    assert.equal(shape(lstm('hidden'), [BATCH, 20, 8]), 'B×16');
    assert.match(shape(lstm('hidden'), [BATCH, 20, 9]), /expects 8 features but gets 9/);
  });

  it('follows known sizes as PyTorch computes them', () => {
    assert.equal(shape(linear(64, 10), [BATCH, 7, 64]), 'B×7×10');
    assert.equal(shape(conv(3, 64, 7, 2, 3), [BATCH, 3, 224, 224]), 'B×64×112×112');
    assert.equal(shape(maxPool(3, 2, 0, false), [BATCH, 8, 32, 32]), 'B×8×15×15');
    assert.equal(shape(maxPool(3, 2, 0, true), [BATCH, 8, 32, 32]), 'B×8×16×16');
    assert.equal(shape(maxPool(2, 3, 1, true), [BATCH, 8, 5, 5]), 'B×8×2×2');
    assert.equal(shape({ kind: 'flatten', start: 1, end: -1 }, [BATCH, 16, 5, 5]), 'B×400');
    assert.equal(shape({ kind: 'concat', axis: 1 }, [BATCH, 3, 4], [BATCH, 5, 4]), 'B×8×4');
    assert.equal(shape({ kind: 'permute', axes: [0, 2, 1] }, [BATCH, 3, 4]), 'B×4×3');
    assert.equal(shape({ kind: 'reduce', how: 'mean', axes: [2, 3], keepDims: false }, [BATCH, 8, H, W]), 'B×8');
  });

  it('gives equal names to equal computations on unknown sizes', () => {
    assert.equal(shape(conv(3, 8, 3, 1, 1), [BATCH, 3, H, W]), 'B×8×H×W');
    assert.equal(shape(conv(8, 16, 3, 2, 1), [BATCH, 8, H, W]), 'B×16×⌈H/2⌉×⌈W/2⌉');
    assert.equal(shape(conv(8, 16, 1, 2, 0), [BATCH, 8, H, W]), 'B×16×⌈H/2⌉×⌈W/2⌉');
    assert.equal(shape(maxPool(2, 2, 0, false), [BATCH, 8, H, W]), 'B×8×⌊H/2⌋×⌊W/2⌋');
    assert.equal(shape({ kind: 'flatten', start: 1, end: -1 }, [BATCH, 8, H, W]), 'B×8·H·W');
  });

  it('solves the open size of a reshape, and keeps the batch', () => {
    const view = (...sizes: Dim[]): Op => ({ kind: 'reshape', shape: sizes });
    assert.equal(shape(view(BATCH, -1), [BATCH, 16, 5, 5]), 'B×400');
    assert.equal(shape(view(-1, 400), [BATCH, 16, 5, 5]), 'B×400');
    assert.equal(shape(view(-1, 400), [BATCH, 16, H, W]), 'B×400');
    assert.equal(shape(view(-1, 256), [BATCH, 16, 5, 5]), 'Cannot reshape B×16×5×5 to -1×256.');
    assert.equal(shape(view(BATCH, 4, 5), [BATCH, 21]), 'Cannot reshape B×21 to B×4×5.');
    assert.equal(shape(view(BATCH, -1), [BATCH, 16, H, W]), 'B×16·H·W');
  });

  it('says in plain words what does not fit', () => {
    assert.equal(shape(linear(128, 10), [BATCH, 64]), 'Linear expects 128 features but gets 64.');
    assert.equal(shape(conv(3, 8, 3), [BATCH, 64, 8, 8]), 'Conv2d expects 3 channels but gets 64.');
    assert.equal(
      shape(maxPool(2, 2, 0, false), [BATCH, 8, 1, 1]),
      'MaxPool2d with a kernel of 2×2 leaves nothing of 1×1.',
    );
    assert.equal(shape({ kind: 'add' }, [BATCH, 64], [BATCH, 128]), 'Cannot add B×64 and B×128.');
  });

  it('never holds an unknown size against anything', () => {
    assert.equal(shape(linear(128, 10), [BATCH, H]), 'B×10');
    assert.equal(shape({ kind: 'add' }, [BATCH, H], [BATCH, 128]), 'B×128');
    assert.equal(shape(conv(3, 8, { symbol: 'k' }), [BATCH, 3, 8, 8]).startsWith('B×8×window(8, k'), true);
  });
});

describe('NetworkBuilder', () => {
  it('makes a contradiction a note and an opaque node, and judges nothing after it', () => {
    const place = { line: 0, column: 0, offset: 0 };
    const span = { file: 'm.py', start: place, end: place };
    const builder = new NetworkBuilder();
    const x = builder.addInput('x', [BATCH, 64], span);
    const bad = builder.add({ op: linear(128, 10), inputs: [x], path: 'fc', span });
    const after = builder.add({ op: linear(10, 2), inputs: [bad], path: 'head', span });
    const network = builder.build({
      name: 'Net',
      framework: 'pytorch',
      outputs: [after],
      span,
      losses: [],
      initializationSite: undefined,
    });
    assert.deepEqual(
      network.nodes.map((node) => node.op.kind),
      ['input', 'opaque', 'linear'],
    );
    assert.equal(network.nodes[after]?.shape, undefined);
    assert.deepEqual(
      network.notes.map((note) => `${note.kind}: ${note.message}`),
      ['contradiction: Linear expects 128 features but gets 64.'],
    );
    assert.throws(() => builder.add({ op: { kind: 'identity' }, inputs: [99], path: '', span }), RangeError);
  });
});
