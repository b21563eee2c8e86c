import { applyOpTable, type Op, type OpTable } from '../op';
import { elementwise } from './elementwise';
import { mixing } from './mixing';
import { normalizing } from './normalizing';
import { pooling } from './pooling';
import type { InputShapes, ShapeResult } from './result';
import { shaping } from './shaping';
import { sources } from './sources';
import { weighted } from './weighted';

export { axisOf, type ShapeResult } from './result';

/**
 * Infer the output's shape. Unknown sizes never contradict anything; known ones that do not fit are a contradiction, said in
 * people's words.
 */
export function inferShape(op: Op, inputs: InputShapes): ShapeResult {
  return applyOpTable(table, op, inputs);
}

const table: OpTable<[InputShapes], ShapeResult> = {
  ...sources,
  ...weighted,
  ...normalizing,
  ...elementwise,
  ...pooling,
  ...shaping,
  ...mixing,
};
