import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dim, Node, NodeId, OpKind, OpOf } from '../../network';
import { ProbeError } from '../failure';
import type { Mode } from '../protocol';
import type { Random } from './random';

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
  /** One an input, of that input's shape; undefined where no gradient passes (whole numbers, conditions, `detach`). */
  readonly inputs: readonly (Tensor | undefined)[];
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

/** A parameter as its framework lays it out, and the way back for its gradient. */
export interface AsWritten {
  readonly tensor: Tensor;
  /** To the layout of the kernels, in which all gradients by parameters are given. */
  readonly toKernel: (gradient: Tensor) => Tensor;
}

export interface Context {
  readonly node: Node;
  readonly batch: number;
  readonly mode: Mode;
  /** The number that a size is in this run. @throws ProbeError where it cannot be told */
  readonly size: (dim: Dim) => number;
  /** In the layout of the kernels. */
  readonly parameter: (path: string) => Tensor;
  readonly asWritten: (path: string) => AsWritten;
  /** Where an axis of the framework's layout lies in that of the kernels. */
  readonly kernelAxis: (path: string, axis: number) => number;
  /** Row-major values of a tensor that is not trained; undefined where the weights do not hold it. */
  readonly buffer: (path: string) => Float32Array | undefined;
  /** For this node alone: the same in every run of a model. */
  readonly random: () => Random;
  /** Statistics that batch norms take as constants; without, they take those of the batch and let gradients through. */
  readonly constantStatistics: ReadonlyMap<NodeId, ChannelStatistics> | undefined;
}

/** The operation of this node cannot be carried out: `reason` follows on its line's number. */
export function refuseNode({ span }: Node, reason: string): ProbeError {
  return new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: line ${span.start.line + 1} ${reason}`,
    span,
  });
}

export type Operation<K extends OpKind> = (op: OpOf<K>, inputs: readonly Value[], context: Context) => Applied;

/** The input of an operation that has one. */
export function only(inputs: readonly Value[]): Value {
  return inputAt(inputs, 0);
}

/** The input at this place. */
export function inputAt(inputs: readonly Value[], place: number): Value {
  const value = inputs[place];
  if (value === undefined) throw new Error(`an operation without its input ${place}`);
  return value;
}

/** An operation that gives its input on as it is. */
export function passOn(inputs: readonly Value[]): Applied {
  return { output: only(inputs), pullback: (gradient) => ({ inputs: [gradient] }) };
}
