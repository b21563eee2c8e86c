import type { OpTableOf } from '../op';
import type { SourceOp } from '../ops/sources';
import { shapeOf, type InputShapes, type ShapeResult } from './result';

/** The shape of an `input` comes from its maker, not from here. */
export const sources: OpTableOf<SourceOp, [InputShapes], ShapeResult> = {
  input: () => shapeOf(undefined),
  parameter: ({ shape }) => shapeOf(shape),
  constant: ({ shape }) => shapeOf(shape),
  noise: ({ shape }, [like]) => shapeOf(shape ?? like),
  opaque: () => shapeOf(undefined),
};
