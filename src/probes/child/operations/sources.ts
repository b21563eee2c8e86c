import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ConstantContent, OpOf, Shape } from '../../../network';
import { refuseNode, type Applied, type Context, type Operation } from '../operation';

/** Where tensors come from that no operation computes. */

export const parameter: Operation<'parameter'> = (op, _inputs, context) => {
  const { tensor, toKernel } = context.asWritten(op.parameter);
  return {
    // A tensor of its own: the run disposes of what it computed, and the weights stay.
    output: { tensor: tf.clone(tensor), layout: 'framework' },
    pullback: (gradient, parameters) => ({
      inputs: [],
      ...(parameters && { parameters: [{ path: op.parameter, gradient: toKernel(gradient) }] }),
    }),
  };
};

export const constant: Operation<'constant'> = (op, _inputs, context) =>
  held(tf.tensor(valuesOf(op, context), sizesOf(op.shape, context)));

export const noise: Operation<'noise'> = (op, inputs, context) => {
  const shape = op.shape === undefined ? (inputs[0]?.tensor.shape ?? []) : sizesOf(op.shape, context);
  const random = context.random();
  const draw = op.distribution === 'normal' ? () => random.normal() : () => random.uniform();
  const { output } = held(tf.tensor(Float32Array.from({ length: sizeOf(shape) }, draw), shape));
  return { output, pullback: () => ({ inputs: inputs.map(() => undefined) }) };
};

function held(tensor: Tensor): Applied {
  return { output: { tensor, layout: 'framework' }, pullback: () => ({ inputs: [] }) };
}

function sizesOf(shape: Shape | undefined, { size, node }: Context): number[] {
  if (shape === undefined) throw refuseNode(node, 'is a tensor of unknown shape');
  return shape.map(size);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** What the weights hold of it is what the framework would use; else what the source says. */
function valuesOf(op: OpOf<'constant'>, context: Context): Float32Array {
  const shape = sizesOf(op.shape, context);
  const path = op.content.kind === 'buffer' ? op.content.path : op.path;
  const stored = path === undefined ? undefined : context.buffer(path);
  if (stored?.length === sizeOf(shape)) return stored;
  return writtenValues(op.content, shape, context);
}

function writtenValues(content: ConstantContent, shape: readonly number[], { node }: Context): Float32Array {
  const length = sizeOf(shape);
  switch (content.kind) {
    case 'fill':
      return new Float32Array(length).fill(content.value);
    case 'range':
      return Float32Array.from({ length }, (_, i) => content.start + content.step * i);
    case 'values':
      if (content.values.length !== length)
        throw refuseNode(node, `is a tensor of ${length} elements, of which ${content.values.length} are known`);
      return Float32Array.from(content.values);
    case 'triangle':
      return triangle(content, shape);
    case 'buffer':
      throw refuseNode(node, `needs the buffer ${content.path}, which only a checkpoint holds`);
    case 'unknown':
      throw refuseNode(node, `is a tensor that is not known: ${content.reason}`);
  }
}

function triangle(
  { side, diagonal, inside, outside }: Extract<ConstantContent, { kind: 'triangle' }>,
  shape: readonly number[],
): Float32Array {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const offset = (i % columns) - (Math.floor(i / columns) % rows);
    return (side === 'lower' ? offset <= diagonal : offset >= diagonal) ? inside : outside;
  });
}
