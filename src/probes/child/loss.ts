/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { ProbeError } from '../failure';
import type { LossChoice } from '../protocol';
import { Random } from './random';

/** The network's output on the host, row-major; classes lie on `classAxis`. */
export interface Output {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly classAxis: number;
}

export interface Loss {
  readonly value: number;
  /** ∂L/∂output. */
  readonly gradient: Float32Array;
}

/** The loss and its gradient by the output, in float64 on the host. */
export function lossOf(choice: LossChoice, output: Output): Loss {
  switch (choice.kind) {
    case 'crossEntropy':
      return crossEntropy(output, choice.labels, choice.seed);
    case 'meanSquaredError':
      return meanSquaredError(output, choice.values, choice.seed);
  }
}

/** −ln softmax(z)[label], the mean over all positions that have a label. */
function crossEntropy({ data, shape, classAxis }: Output, labels: Int32Array | undefined, seed: number): Loss {
  const classes = shape[classAxis] ?? 1;
  const inner = shape.slice(classAxis + 1).reduce((size, dim) => size * dim, 1);
  const positions = data.length / classes;
  if (labels !== undefined && labels.length !== positions)
    throw badTarget(`${String(labels.length)} labels were given for ${String(positions)} outputs`);
  const random = new Random(seed, 'labels');
  const gradient = new Float32Array(data.length);
  let total = 0;
  for (let position = 0; position < positions; position++) {
    const start = Math.floor(position / inner) * classes * inner + (position % inner);
    const label = labels?.[position] ?? random.index(classes);
    if (label < 0 || label >= classes)
      throw badTarget(`label ${String(label)} is not among the ${String(classes)} classes`);
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, data[start + c * inner]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(data[start + c * inner]! - largest);
    for (let c = 0; c < classes; c++) {
      const at = start + c * inner;
      const probability = Math.exp(data[at]! - largest) / sum;
      gradient[at] = (probability - (c === label ? 1 : 0)) / positions;
    }
    total += largest + Math.log(sum) - data[start + label * inner]!;
  }
  return { value: total / positions, gradient };
}

/** The mean of (z − t)² over all elements. */
function meanSquaredError({ data }: Output, values: Float32Array | undefined, seed: number): Loss {
  if (values !== undefined && values.length !== data.length)
    throw badTarget(`${String(values.length)} target values were given for ${String(data.length)} outputs`);
  const random = new Random(seed, 'targets');
  const gradient = new Float32Array(data.length);
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    const difference = data[i]! - (values?.[i] ?? random.normal());
    total += difference * difference;
    gradient[i] = (2 * difference) / data.length;
  }
  return { value: total / data.length, gradient };
}

function badTarget(message: string): ProbeError {
  return new ProbeError({ kind: 'notProbeable', message: `the loss cannot be taken: ${message}` });
}
