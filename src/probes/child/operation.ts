import type { Tensor } from '@tensorflow/tfjs-core';
import type { Node, NodeId, OpKind, OpOf } from '../../network';

/**
 * How the axes of an activation lie on the backend: as the framework has them (B×C×space in PyTorch), or with channels
 * last (B×space×C), as convolution kernels want them. Both are the same below three axes.
 */
export type Layout = 'framework' | 'channelsLast';

export interface Value {
  readonly tensor: Tensor;
  readonly layout: Layout;
}

export interface ParameterGradient {
  readonly path: string;
  /** In the layout of the kernel (see `weights.ts`). */
  readonly gradient: Tensor;
}

export interface Gradients {
  /** One an input, of that input's shape. */
  readonly inputs: readonly Tensor[];
  readonly parameters?: readonly ParameterGradient[];
}

/** An operation carried out: its output, and the vector–Jacobian product at this point. */
export interface Applied {
  readonly output: Value;
  /** What the pullback needs beside inputs and output; whoever applied the operation disposes of it. */
  readonly saved?: readonly Tensor[];
  /**
   * From ∂L/∂output to ∂L/∂input and, where `parameters` asks for them, ∂L/∂parameter. May be called more than once, as
   * long as inputs, output and `saved` live.
   */
  readonly pullback: (gradient: Tensor, parameters: boolean) => Gradients;
}

/** Mean and variance of every channel of a batch norm's input. */
export interface ChannelStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export interface Context {
  readonly node: Node;
  readonly batch: number;
  readonly parameter: (path: string) => Tensor;
  /** Statistics that batch norms take as constants; without, they take those of the batch and let gradients through. */
  readonly constantStatistics: ReadonlyMap<NodeId, ChannelStatistics> | undefined;
}

export type Operation<K extends OpKind> = (op: OpOf<K>, inputs: readonly Value[], context: Context) => Applied;

/** The input of an operation that has one. */
export function only(inputs: readonly Value[]): Value {
  const [value] = inputs;
  if (value === undefined) throw new Error('an operation without its input');
  return value;
}

/** An operation that gives its input on as it is. */
export function passOn(inputs: readonly Value[]): Applied {
  return { output: only(inputs), pullback: (gradient) => ({ inputs: [gradient] }) };
}
