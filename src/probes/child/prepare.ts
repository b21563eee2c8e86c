import * as tf from '@tensorflow/tfjs-core';
import { parametersByPath, product, type Parameter, type ParametersByPath } from '../../network';
import { ProbeError } from '../failure';
import type { Backend, InputSource, ProbeProgress, ProbeRequest, WeightSource } from '../protocol';
import type { Model } from './graph';
import { draw } from './initialize';
import { norm } from './float64';
import type { Value } from './operation';
import type { Pace } from './pace';
import { probeable, type Probeable } from './probeable';
import { Random } from './random';
import { upload } from './weights';

/** What a probe works with beside its request. */
export interface Workshop {
  readonly backend: Backend;
  readonly pace: Pace;
  readonly progress: (progress: ProbeProgress) => void;
}

/** A network ready to run: its weights and one batch of input on the backend. */
export interface Prepared extends Probeable {
  readonly model: Model;
  readonly batch: number;
  readonly inputValue: Value;
  /** ‖W‖ by parameter path. */
  readonly weightNorms: ReadonlyMap<string, number>;
}

/**
 * Checks the request, draws or takes the weights, and lays them and the input on the backend.
 *
 * @throws ProbeError of kind `notProbeable`.
 */
export async function prepare(request: ProbeRequest, { pace }: Workshop): Promise<Prepared> {
  const part = probeable(request.network, request.input);
  const siblings = parametersByPath(request.network.parameters);
  const parameters = new Map<string, tf.Tensor>();
  const weightNorms = new Map<string, number>();
  for (const parameter of part.parameters) {
    const values = await weightsOf(parameter, siblings, request.weights, pace);
    parameters.set(parameter.path, upload(parameter, values));
    weightNorms.set(parameter.path, norm(values));
    await pace.breathe();
  }
  const { batch, shape } = request.input;
  const tensor = tf.tensor(inputData(request.input), [batch, ...shape]);
  return {
    ...part,
    model: { network: request.network, parameters },
    batch,
    inputValue: { tensor, layout: 'framework' },
    weightNorms,
  };
}

async function weightsOf(
  parameter: Parameter,
  siblings: ParametersByPath,
  source: WeightSource,
  pace: Pace,
): Promise<Float32Array> {
  if (source.kind === 'initial') return draw(parameter, siblings, source.seed, pace);
  const values = source.values[parameter.path];
  const size = product(parameter.shape) ?? 0;
  if (values?.length === size) return values;
  throw new ProbeError({
    kind: 'notProbeable',
    message:
      values === undefined
        ? `no values were given for ${parameter.path}`
        : `${parameter.path} has ${String(size)} values, and ${String(values.length)} were given`,
    span: parameter.span,
  });
}

function inputData(source: InputSource): Float32Array {
  const size = source.shape.reduce((total, dim) => total * dim, source.batch);
  if (source.kind === 'gaussian') {
    const random = new Random(source.seed, 'input');
    return Float32Array.from({ length: size }, () => random.normal());
  }
  if (source.data.length === size) return source.data;
  throw new ProbeError({
    kind: 'notProbeable',
    message: `the input has ${String(source.data.length)} values where ${[source.batch, ...source.shape].join('×')} were announced`,
  });
}

/** The seeds of a request, for its result. */
export function seedsOf({ weights, input }: ProbeRequest) {
  return {
    weightSeed: weights.kind === 'initial' ? weights.seed : undefined,
    inputSeed: input.kind === 'gaussian' ? input.seed : undefined,
  };
}
