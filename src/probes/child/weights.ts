import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isKnown, type AxisRole, type Parameter } from '../../network';
import type { AsWritten } from './operation';
import { inverse } from './operations/channels';

/** Kernels want space×in×out; a framework's own order is told by the roles of the axes. */
const kernelOrder: readonly AxisRole[] = ['kernel', 'in', 'out', 'feature'];

/** The order of the parameter's axes in the layout of the kernels. */
export function axisOrder({ axes }: Parameter): number[] {
  return kernelOrder.flatMap((role) => axes.flatMap((axis, i) => (axis === role ? [i] : [])));
}

/** A parameter on the backend, in the layout of the kernels. `values` are row-major in the framework's layout. */
export function upload(parameter: Parameter, values: Float32Array): Tensor {
  const shape = parameter.shape.filter(isKnown);
  const order = axisOrder(parameter);
  if (order.every((axis, i) => axis === i)) return tf.tensor(values, shape);
  return tf.tensor(
    permute(values, shape, order),
    order.map((axis) => shape[axis] ?? 1),
  );
}

/** A parameter on the backend. */
export interface Weight {
  readonly parameter: Parameter;
  /** In the layout of the kernels. */
  readonly tensor: Tensor;
}

/** The parameter as its framework lays it out. The tensor is the weight's own where the layouts are the same. */
export function asWritten({ parameter, tensor }: Weight): AsWritten {
  const order = axisOrder(parameter);
  if (order.every((axis, i) => axis === i)) return { tensor, toKernel: (gradient) => gradient };
  return {
    tensor: tf.transpose(tensor, inverse(order)),
    toKernel: (gradient) => tf.transpose(gradient, order),
  };
}

/** Row-major values with their axes in another order: on the host, where a copy is cheap on every backend. */
function permute(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const result = new Float32Array(values.length);
  const lastAxis = order.at(-1) ?? 0;
  const lastSize = shape[lastAxis] ?? 1;
  const lastStride = strides[lastAxis] ?? 1;
  let at = 0;
  const copy = (depth: number, from: number) => {
    if (depth === order.length - 1) {
      for (let i = 0; i < lastSize; i++) result[at++] = values[from + i * lastStride] ?? NaN;
      return;
    }
    const axis = order[depth] ?? 0;
    const size = shape[axis] ?? 1;
    const stride = strides[axis] ?? 1;
    for (let i = 0; i < size; i++) copy(depth + 1, from + i * stride);
  };
  copy(0, 0);
  return result;
}
