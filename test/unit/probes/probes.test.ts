import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { BATCH, type Network } from '../../../src/network';
import { ProbeError } from '../../../src/probes/failure';
import { gradientNorms } from '../../../src/probes/child/gradientNorms';
import { jacobianSpectrum } from '../../../src/probes/child/jacobianSpectrum';
import { Pace } from '../../../src/probes/child/pace';
import { Random } from '../../../src/probes/child/random';
import { singularValues } from '../../../src/probes/child/singularValues';
import type { ProbeProgress, ProbeRequest } from '../../../src/probes/protocol';
import { onEveryBackend } from './backends';
import { Draft, mlp } from './draft';

const backend = { name: 'cpu', precision: 'float32', threads: 1, version: '', refused: [] } as const;

function workshop(
  progress: (progress: ProbeProgress) => void = () => undefined,
  pace = new Pace({ isCancellationRequested: false }),
) {
  return { backend, pace, progress };
}

function request(network: Network, shape: readonly number[], rest: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    probe: 'gradientNorms',
    network,
    weights: { kind: 'initial', seed: 1 },
    input: { kind: 'gaussian', seed: 2, batch: 32, shape },
    loss: { kind: 'crossEntropy', seed: 3 },
    ...rest,
  };
}

function convNet(): Network {
  const draft = new Draft();
  draft.input(3, 8, 8);
  draft.conv(3, 8, [3, 3], { padding: [1, 1] });
  draft.add({ kind: 'batchNorm', channels: 8, epsilon: 1e-5, ...draft.affine([8]) });
  const trunk = draft.activation({ kind: 'relu' });
  draft.conv(8, 8, [3, 3], { padding: [1, 1] });
  const branch = draft.add({ kind: 'batchNorm', channels: 8, epsilon: 1e-5, ...draft.affine([8]) });
  draft.add({ kind: 'add' }, [trunk, branch]);
  draft.add({ kind: 'adaptivePool', reduce: 'average', output: [1, 1] });
  draft.add({ kind: 'flatten', start: 1, end: -1 });
  draft.add({ kind: 'dropout', rate: 0.5, variant: 'element' });
  draft.linear(8, 5);
  return draft.build('ConvNet');
}

/** Embeddings with a table of positions, one causal block, and a head. */
function languageModel(): Network {
  const draft = new Draft();
  const normal = { kind: 'normal', mean: 0, std: 1 } as const;
  const tokens = draft.input(6);
  const table = draft.parameter('table', 'embedding', [11, 4], ['out', 'in'], normal);
  const places = draft.parameter('places', 'embedding', [6, 4], ['feature', 'feature'], normal);
  const embedded = draft.add({ kind: 'embedding', vocabulary: 11, features: 4, weight: table }, [tokens]);
  const range = draft.add({ kind: 'constant', shape: [6], content: { kind: 'range', start: 0, step: 1 } }, []);
  const placed = draft.add({ kind: 'embedding', vocabulary: 6, features: 4, weight: places }, [range]);
  const x = draft.add({ kind: 'add' }, [embedded, placed]);
  const mixed = draft.add({ kind: 'attention', causal: true, dropout: 0, mask: 'none' }, [x, x, x]);
  draft.add({ kind: 'add' }, [x, mixed]);
  draft.add({ kind: 'linear', inFeatures: 4, outFeatures: 11, weight: table });
  return draft.build('LanguageModel');
}

/** Two inputs and a mask, two outputs. */
function masked(): Network {
  const draft = new Draft();
  const first = draft.input(4);
  const second = draft.input(4);
  const mask = draft.input(4);
  const zero = draft.add({ kind: 'constant', shape: [], content: { kind: 'fill', value: 0 } }, []);
  const product = draft.add({ kind: 'multiply' }, [first, second]);
  const left = draft.add({ kind: 'where' }, [mask, product, zero]);
  const network = draft.build('Masked');
  return { ...network, outputs: [left, product] };
}

async function measured(network: Network, shape: readonly number[]) {
  const choices = request(network, shape, { input: { kind: 'gaussian', seed: 2, batch: 8, shape } });
  return { gradients: await gradientNorms(choices, workshop()), spectrum: await jacobianSpectrum(choices, workshop()) };
}

function refusal(pattern: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ProbeError);
    assert.equal(error.failure.kind, 'notProbeable');
    assert.match(error.message, pattern);
    return true;
  };
}

describe('singular values', () => {
  const pace = new Pace({ isCancellationRequested: false });
  const shapes: [number, number][] = [
    [1, 1],
    [2, 2],
    [7, 3],
    [3, 7],
    [40, 40],
    [60, 25],
  ];
  for (const [rows, columns] of shapes)
    for (const rank of [Math.min(rows, columns), 1])
      it(`of ${String(rows)}×${String(columns)}, rank ${String(rank)}`, async () => {
        const random = new Random(1, 'matrix');
        const left = new Matrix(
          Array.from({ length: rows }, () => Array.from({ length: rank }, () => random.normal())),
        );
        const right = new Matrix(
          Array.from({ length: rank }, () => Array.from({ length: columns }, () => random.normal())),
        );
        const product = left.mmul(right);
        const values = await singularValues({ rows, columns, data: Float64Array.from(product.to1DArray()) }, pace);
        const reference = new SingularValueDecomposition(product, { autoTranspose: true }).diagonal;
        reference.forEach((s, i) => assert.ok(Math.abs(values[i]! - s) <= 1e-13 * reference[0]! * rows));
      });

  it('of a matrix with half its columns zero, as behind a ReLU', async () => {
    const random = new Random(2, 'matrix');
    const size = 160;
    const off = Array.from({ length: size }, () => random.uniform() < 0.5);
    const data = Float64Array.from({ length: size * size }, (_, i) => (off[i % size]! ? 0 : random.normal()));
    const values = await singularValues({ rows: size, columns: size, data }, pace);
    const rank = off.filter((one) => !one).length;
    assert.ok(values[rank - 1]! > 1e-3 && values[rank]! < 1e-12, String(values.slice(rank - 2, rank + 2)));
  });

  it('are NaN where the matrix is not finite, and zero where it is zero', async () => {
    const of = (...data: number[]) => singularValues({ rows: 2, columns: 2, data: Float64Array.from(data) }, pace);
    assert.deepEqual([...(await of(1, NaN, 0, 1))], [NaN, NaN]);
    assert.deepEqual([...(await of(0, 0, 0, 0))], [0, 0]);
    assert.deepEqual([...(await of(3e-200, 0, 0, -4e-200))], [4e-200, 3e-200]);
  });
});

describe('probes', function () {
  // Seconds only where other work shares the machine.
  this.timeout(10_000);
  onEveryBackend(() => {
    beforeEach(() => tf.engine().startScope());
    afterEach(() => tf.engine().endScope());

    it('reports the gradient of every layer and parameter', async () => {
      const steps: ProbeProgress[] = [];
      const result = await gradientNorms(
        request(mlp(), [16]),
        workshop((step) => steps.push(step)),
      );
      assert.equal(result.activations.length, 10);
      assert.equal(result.parameters.length, 10);
      for (const { gradientNorm, secondMoment } of result.activations) assert.ok(gradientNorm > 0 && secondMoment > 0);
      for (const { gradientNorm, weightNorm } of result.parameters) assert.ok(gradientNorm > 0 && weightNorm > 0);
      assert.ok(Math.abs(result.loss - Math.log(10)) < 0.5);
      assert.deepEqual([result.weightSeed, result.inputSeed], [1, 2]);
      assert.ok(steps.every(({ fraction }, i) => fraction <= 1 && fraction >= (steps[i - 1]?.fraction ?? 0)));
      assert.equal(steps.at(-1)?.fraction, 1);
    });

    it('finds the identity, and an orthogonal network, isometric', async () => {
      const network = mlp({ inputs: 32, outputs: 32 }, { kind: 'linear' }, { kind: 'orthogonal', gain: 1 });
      const { inputOutput, layers } = await jacobianSpectrum(request(network, [32]), workshop());
      assert.equal(inputOutput.singularValues.length, 32);
      assert.equal(layers.length, 4);
      for (const s of [inputOutput, ...layers.map(({ spectrum }) => spectrum)].flatMap((x) => [...x.singularValues]))
        assert.ok(Math.abs(s - 1) < 1e-5, String(s));
    });

    it('holds batch statistics constant for Jacobians, and says so', async () => {
      const { inputOutput, notes } = await jacobianSpectrum(request(convNet(), [3, 8, 8]), workshop());
      assert.equal(inputOutput.singularValues.length, 5);
      assert.ok(inputOutput.singularValues.every((s) => s > 0));
      assert.match(notes.join(' '), /statistics of the batch of 32 constant.*Dropout was off/);
    });

    it('draws tokens where they are looked up, and stops there', async () => {
      const { gradients, spectrum } = await measured(languageModel(), [6]);
      assert.deepEqual(
        gradients.activations.map(({ path }) => path),
        ['m1', 'm3', 'm4', 'm5', 'm6', 'm7'],
      );
      for (const { gradientNorm, path } of gradients.activations) assert.ok(gradientNorm > 0, path);
      for (const { gradientNorm, path } of gradients.parameters) assert.ok(gradientNorm > 0, path);
      assert.match(gradients.notes.join(' '), /drawn uniformly.*it ends at line 2 \(embedding\)/);
      // Of the last layer's 6×11 outputs by the 6×4 embeddings; a token sees none behind it.
      assert.equal(spectrum.inputOutput.singularValues.length, 24);
      assert.ok(spectrum.inputOutput.singularValues.every((s) => s > 0));
    });

    it('feeds every input, takes the first output, and masks nothing', async () => {
      const { gradients, spectrum } = await measured(masked(), [4]);
      const [first, second] = gradients.activations;
      assert.ok(first!.gradientNorm > 0 && second!.gradientNorm > 0);
      assert.match(gradients.notes.join(' '), /Of 2 outputs, the first was taken.*Masks masked nothing/);
      assert.equal(spectrum.inputOutput.singularValues.length, 4);
    });

    it('takes a Jacobian sample by sample where samples meet', async () => {
      const mixing = (axes: readonly number[]) => {
        const draft = new Draft();
        draft.input(3, 4);
        draft.linear(4, 4);
        draft.add({ kind: 'permute', axes: [1, 0, 2] });
        draft.activation({ kind: 'tanh' });
        draft.add({ kind: 'permute', axes });
        return draft.build();
      };
      const values = async (network: Network) =>
        (await jacobianSpectrum(request(network, [3, 4]), workshop())).inputOutput.singularValues;
      const apart = await values(mixing([1, 0, 2]));
      const direct = new Draft();
      direct.input(3, 4);
      direct.linear(4, 4);
      direct.activation({ kind: 'tanh' });
      (await values(direct.build())).forEach((s, i) => assert.ok(Math.abs(s - apart[i]!) < 1e-5));
    });

    it('leaves out what is too large, and says so', async () => {
      const network = mlp({ inputs: 16, width: 1200, depth: 2, outputs: 4 });
      const { inputOutput, layers, notes } = await jacobianSpectrum(request(network, [16]), workshop());
      assert.deepEqual(
        layers.map(({ path }) => path),
        ['m5'],
      );
      assert.match(notes.join(' '), /1 layers were left out/);
      assert.equal(inputOutput.singularValues.length, 4);
    });

    it('gives one spectrum by products and by a pull back through the whole', async () => {
      const deep = (joined: boolean) => {
        const draft = new Draft();
        draft.input(12);
        for (let i = 0; i < 3; i++) {
          draft.linear(12, 12);
          draft.activation({ kind: 'tanh' });
          // A join with nothing added: the same function, but no chain of layers.
          if (joined) draft.add({ kind: 'concat', axis: 1 }, [i * 3 + 2]);
        }
        return draft.build();
      };
      const values = (network: Network): Record<string, Float32Array> =>
        Object.fromEntries(
          network.parameters.map(({ path, shape }, p) => {
            const random = new Random(p, 'weights');
            return [
              path,
              Float32Array.from({ length: (shape as number[]).reduce((a, b) => a * b) }, () => random.normal() / 3),
            ];
          }),
        );
      const spectrum = async (network: Network) =>
        (
          await jacobianSpectrum(
            request(network, [12], { weights: { kind: 'values', values: values(network) } }),
            workshop(),
          )
        ).inputOutput;
      const product = await spectrum(deep(false));
      const pulled = await spectrum(deep(true));
      assert.ok(product.resolution < pulled.resolution);
      product.singularValues.forEach((s, i) =>
        assert.ok(Math.abs(s - pulled.singularValues[i]!) <= 1e-5 * s + pulled.resolution, String(i)),
      );
    });

    it('reports what is not a number as it is', async () => {
      const network = mlp({ depth: 1 }, { kind: 'tanh' }, { kind: 'constant', value: NaN });
      const { activations, loss, notes } = await gradientNorms(request(network, [16]), workshop());
      assert.ok(Number.isNaN(loss) && Number.isNaN(activations[0]!.gradientNorm));
      assert.match(notes.join(' '), /not finite/);
      const { inputOutput } = await jacobianSpectrum(request(network, [16]), workshop());
      assert.ok(inputOutput.singularValues.every(Number.isNaN));
    });

    it('finds all gradients zero behind a head of zeros, and says so', async () => {
      const draft = new Draft();
      draft.input(8);
      draft.linear(8, 8);
      draft.activation({ kind: 'relu' });
      draft.linear(8, 3, { kind: 'constant', value: 0 });
      const { parameters, notes } = await gradientNorms(request(draft.build(), [8]), workshop());
      assert.deepEqual(
        parameters.map(({ gradientNorm }) => gradientNorm > 0),
        [false, false, true, true],
      );
      assert.match(notes.join(' '), /exactly zero/);
    });

    it('keeps no tensor, after success, failure and cancellation', async () => {
      const networks: [Network, number[]][] = [
        [mlp(), [16]],
        [convNet(), [3, 8, 8]],
      ];
      const before = tf.memory().numTensors;
      for (const probe of [gradientNorms, jacobianSpectrum])
        for (const [network, shape] of networks) {
          tf.engine().startScope();
          await probe(request(network, shape), workshop());
          tf.engine().endScope();
          assert.equal(tf.memory().numTensors, before);
          tf.engine().startScope();
          const token = { isCancellationRequested: false };
          const cancelling = workshop(
            ({ fraction }) => (token.isCancellationRequested = fraction > 0.3),
            new Pace(token, 0),
          );
          await assert.rejects(probe(request(network, shape), cancelling), /cancelled/);
          tf.engine().endScope();
          assert.equal(tf.memory().numTensors, before);
        }
    });
  });

  describe('refuse', () => {
    const reject = (network: Network, pattern: RegExp, rest: Partial<ProbeRequest> = {}) =>
      assert.rejects(gradientNorms(request(network, [16], rest), workshop()), refusal(pattern));

    it('a line that is not known', async () => {
      const draft = new Draft();
      draft.input(16);
      draft.linear(16, 4);
      draft.opaque('torch.ops.my_kernel is not understood');
      await reject(draft.build(), /cannot be probed: line 3 is not known: torch.ops.my_kernel is not understood/);
    });

    it('sizes that contradict each other', async () => {
      const draft = new Draft();
      draft.input(16);
      draft.linear(8, 4);
      await reject(draft.build(), /cannot be probed: line 2 cannot run/);
    });

    it('an unknown size', async () => {
      const draft = new Draft();
      draft.input(16);
      const size = { symbol: 'args.width', reason: 'argparse' };
      draft.add({ kind: 'linear', inFeatures: 16, outFeatures: size, weight: 'w' });
      await reject(draft.build(), /the parameter w in line 2 is not known/);
    });

    it('an unknown initialiser, unless values are given', async () => {
      const network = mlp({ depth: 1 }, { kind: 'tanh' }, { kind: 'unknown', reason: 'my_init is not understood' });
      await reject(network, /cannot draw m1.weight \(line 2\): my_init is not understood/);
    });

    it('an input, weights or targets that do not fit', async () => {
      const network = mlp({ depth: 1 });
      const gaussian = { kind: 'gaussian', seed: 1, batch: 4 } as const;
      await reject(network, /a sample of the input is 16, and 15 was given/, { input: { ...gaussian, shape: [15] } });
      await reject(network, /the input's size 0×16 is not one/, { input: { ...gaussian, batch: 0, shape: [16] } });
      const few = { kind: 'values', batch: 4, shape: [16], data: new Float32Array(3) } as const;
      await reject(network, /the input has 3 values where 4×16 were announced/, { input: few });
      await reject(network, /no values were given for m1.weight/, { weights: { kind: 'values', values: {} } });
      const labels = Int32Array.of(0, 1, 99, 0);
      const input = { ...gaussian, shape: [16] };
      await reject(network, /label 99 is not among the 10 classes/, {
        input,
        loss: { kind: 'crossEntropy', seed: 1, labels },
      });
    });

    it('a further input of unknown shape, and no output', async () => {
      const draft = new Draft();
      const first = draft.input(16);
      const second = draft.inputOf([BATCH, { symbol: 'T' }]);
      draft.add({ kind: 'add' }, [first, second]);
      await reject(draft.build(), /the shape B×T of the input x in line 2 is not known/);
      await reject({ ...mlp(), outputs: [] }, /no output that is known/);
    });
  });
});
