import type { ElementwiseOp } from './ops/elementwise';
import type { MixingOp } from './ops/mixing';
import type { NormalizingOp } from './ops/normalizing';
import type { PoolingOp } from './ops/pooling';
import type { ShapingOp } from './ops/shaping';
import type { SourceOp } from './ops/sources';
import type { WeightedOp } from './ops/weighted';

export type { Padding, PerAxis } from './ops/axes';
export type { ConstantContent } from './ops/sources';
export type { Convolution, RecurrentCell } from './ops/weighted';

/**
 * The tensor operations that a network is made of.
 * Every table over `Op['kind']` (shapes, theory, executor) is checked for completeness by the compiler: see {@link OpTable}.
 */
export type Op = SourceOp | WeightedOp | NormalizingOp | ElementwiseOp | PoolingOp | ShapingOp | MixingOp;

export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { kind: K }>;

/** A table with one entry a kind of operation: forgetting one does not compile. */
export type OpTable<Arguments extends readonly unknown[], Result> = {
  readonly [K in OpKind]: (op: OpOf<K>, ...rest: Arguments) => Result;
};

/** The same for the operations of one family only. */
export type OpTableOf<Family extends Op, Arguments extends readonly unknown[], Result> = {
  readonly [K in Family['kind']]: (op: OpOf<K>, ...rest: Arguments) => Result;
};

/** Look `op` up in `table` and apply the entry of its kind. */
export function applyOpTable<Arguments extends readonly unknown[], Result>(
  table: OpTable<Arguments, Result>,
  op: Op,
  ...rest: Arguments
): Result {
  const entry = table[op.kind] as (op: Op, ...rest: Arguments) => Result;
  return entry(op, ...rest);
}
