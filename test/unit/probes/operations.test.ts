import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { isKnown, parametersByPath, type Network } from '../../../src/network';
import { pointwise as exact } from '../../../src/network/moments';
import { reachedByGradients } from '../../../src/probes/child/gradientPaths';
import { Trace } from '../../../src/probes/child/graph';
import { draw } from '../../../src/probes/child/initialize';
import { converted } from '../../../src/probes/child/layout';
import { inputKinds } from '../../../src/probes/child/inputKinds';
import { inputValues } from '../../../src/probes/child/inputs';
import { pointwise } from '../../../src/probes/child/operations/activation';
import { operations } from '../../../src/probes/child/operations';
import { Pace } from '../../../src/probes/child/pace';
import { prepare } from '../../../src/probes/child/prepare';
import { Random } from '../../../src/probes/child/random';
import { runnable } from '../../../src/probes/child/runnable';
import { upload } from '../../../src/probes/child/weights';
import type { Samples } from '../../../src/probes/protocol';
import { onEveryBackend } from './backends';
import { kernelCases } from './kernelCases';
import { activations, operationCases, type OperationCase } from './operationCases';

/** Holds the executor's derivatives against its own values, and its values against closed forms. */

const pace = new Pace({ isCancellationRequested: false });
const BATCH = 4;
const backend = { name: 'cpu', precision: 'float32', threads: 1, version: '', refused: [] } as const;
const workshop = { backend, pace, progress: () => undefined };

type Values = Readonly<Record<string, Float32Array>>;

function normals(count: number, stream: string): Float32Array {
  const random = new Random(5, stream);
  return Float32Array.from({ length: count }, () => random.normal());
}

async function initial(network: Network): Promise<Values> {
  const siblings = parametersByPath(network.parameters);
  const drawn = network.parameters.map(async (p) => [p.path, await draw(p, siblings, 3, pace)] as const);
  return Object.fromEntries(await Promise.all(drawn));
}

/** One batch of every input, as a probe would draw it: whole numbers where the network looks things up. */
function drawnInputs({ shape, network }: OperationCase): Samples[] {
  const { nodes } = runnable(network, network.outputs);
  const kinds = inputKinds(nodes);
  const source = { kind: 'gaussian', seed: 5, batch: BATCH, shape } as const;
  return [...inputValues(network, kinds, source).values()].map(({ tensor }) => ({
    shape: tensor.shape.slice(1),
    data: tensor.dataSync<'float32'>().slice(),
  }));
}

async function run(network: Network, values: Values, [first, ...others]: readonly Samples[]) {
  assert.ok(first);
  const request = {
    probe: 'gradientNorms',
    network,
    weights: { kind: 'values', values },
    input: { kind: 'values', batch: BATCH, ...first, others },
    loss: { kind: 'meanSquaredError', seed: 1 },
  } as const;
  const prepared = await prepare(request, workshop);
  const options = { batch: BATCH, pace, pullback: true };
  return { prepared, trace: await Trace.run(prepared.model, prepared.given, [prepared.output], options) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** What a derivative is taken by: an input, by its place, or a parameter, by its path. */
type Place = number | string;

/** x + step·direction for the one that is named. */
function moved(
  place: Place,
  values: Values,
  inputs: readonly Samples[],
  direction: Float32Array,
  step: number,
): [Values, readonly Samples[]] {
  const add = (x: Float32Array) => x.map((value, i) => value + step * direction[i]!);
  if (typeof place === 'string') return [{ ...values, [place]: add(values[place]!) }, inputs];
  return [values, inputs.map((input, i) => (i === place ? { ...input, data: add(input.data) } : input))];
}

describe('operations', () => {
  const seen = new Set<string>();
  const engine = tf.engine();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const { runKernel } = engine;
  before(() => {
    engine.runKernel = (name, ...rest) => {
      seen.add(name);
      return runKernel.call(engine, name, ...rest) as never;
    };
  });
  after(() => {
    engine.runKernel = runKernel;
  });

  onEveryBackend((name) => {
    beforeEach(() => tf.engine().startScope());
    afterEach(() => tf.engine().endScope());

    for (const one of operationCases)
      it(`pulls back through ${one.title}`, async () => {
        const { network } = one;
        const values = await initial(network);
        const inputs = drawnInputs(one);
        const { prepared, trace } = await run(network, values, inputs);
        const { tensor } = trace.value(prepared.output);
        const inferred = network.nodes[prepared.output]!.shape!.map((dim) => (isKnown(dim) ? dim : BATCH));
        assert.deepEqual(converted(trace.value(prepared.output), 'framework').tensor.shape, inferred);
        const seed = normals(tensor.size, 'seed');
        const gradients = new Map<Place, Float32Array>();
        await trace.pullBack(new Map([[prepared.output, tf.tensor(seed, tensor.shape)]]), {
          pace,
          onNode: (node, gradient) => {
            const place = network.inputs.indexOf(node);
            if (place >= 0) gradients.set(place, gradient.dataSync<'float32'>());
          },
          onParameter: (path, gradient) => gradients.set(path, gradient.dataSync<'float32'>()),
        });
        const reached = reachedByGradients(prepared.nodes, prepared.output);
        const places = network.inputs.flatMap((id, place) => (reached.has(id) ? [place] : []));
        assert.deepEqual(
          new Set(gradients.keys()),
          new Set<Place>([...places, ...network.parameters.map(({ path }) => path)]),
        );
        for (const [place, gradient] of gradients) {
          const direction = normals(gradient.length, String(place));
          const step = 1e-3;
          const along = async (sign: number) => {
            const shifted = await run(network, ...moved(place, values, inputs, direction, sign * step));
            return dot(seed, shifted.trace.value(prepared.output).tensor.dataSync());
          };
          const difference = ((await along(1)) - (await along(-1))) / (2 * step);
          const parameter = network.parameters.find(({ path }) => path === place);
          const laid = parameter === undefined ? direction : upload(parameter, direction).dataSync();
          const product = dot(gradient, laid);
          const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction)) / Math.sqrt(gradient.length);
          assert.ok(
            Math.abs(product - difference) <= 0.01 * (Math.abs(product) + scale) + 2e-3,
            `${String(place)}: ${String(product)}, and by differences ${String(difference)}`,
          );
        }
      });

    for (const activation of activations)
      it(`knows ${JSON.stringify(activation)} and its slope`, () => {
        const { value, derivative: slope } = exact(activation);
        const points = [-30, -7, -2.9, -1.3, -0.4, -0.01, 0.01, 0.3, 0.9, 2.5, 5.5, 7, 20];
        const x = tf.tensor1d(points);
        const { value: y, derivative } = pointwise(activation);
        const close = (actual: tf.Tensor, expected: (x: number) => number, what: string) =>
          actual.dataSync().forEach((got, i) => {
            const want = expected(points[i]!);
            assert.ok(
              Math.abs(got - want) <= 2e-6 * Math.max(1, Math.abs(want)),
              `${what} at ${String(points[i])}: ${String(got)}, not ${String(want)}`,
            );
          });
        close(y(x), value, 'value');
        close(derivative(x), slope, 'slope');
      });

    it('keeps the digits of a small slope of tanh', () => {
      const [slope] = pointwise({ kind: 'tanh' })
        .derivative(tf.tensor1d([12]))
        .dataSync();
      assert.ok(Math.abs(slope! * Math.cosh(12) ** 2 - 1) < 1e-5, `${name}: ${String(slope)}`);
    });
  });

  describe('together', () => {
    it('covers every kind of operation', () => {
      const covered = new Set(operationCases.flatMap(({ network }) => network.nodes.map(({ op }) => op.kind)));
      assert.deepEqual(
        Object.keys(operations).filter((kind) => !covered.has(kind as never)),
        ['opaque'],
      );
    });

    it('calls no kernel that is not audited', () => {
      assert.deepEqual([...seen].filter((kernel) => !(kernel in kernelCases)).sort(), []);
    });

    it('audits no kernel that is not called', () => {
      assert.deepEqual(
        Object.keys(kernelCases)
          .filter((kernel) => !seen.has(kernel))
          .sort(),
        [],
      );
    });
  });
});
