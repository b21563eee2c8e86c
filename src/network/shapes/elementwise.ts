import type { OpTableOf } from '../op';
import type { ElementwiseOp } from '../ops/elementwise';
import { shapeText } from '../shape';
import { broadcast } from '../size';
import { contradiction, shapeOf, unchanged, type InputShapes, type ShapeResult } from './result';

export const elementwise: OpTableOf<ElementwiseOp, [InputShapes], ShapeResult> = {
  activation: unchanged,
  dropout: unchanged,
  add: (_op, inputs) => joined('add', inputs),
  multiply: (_op, inputs) => joined('multiply', inputs),
  affine: unchanged,
  scale: unchanged,
  extremum: ({ which }, inputs) => joined(`take the ${which} of`, inputs),
  compare: (_op, inputs) => joined('compare', inputs),
  where: (_op, inputs) => joined('choose between', inputs),
  stopGradient: unchanged,
  identity: unchanged,
};

function joined(verb: string, inputs: InputShapes): ShapeResult {
  let result = inputs[0];
  for (const next of inputs.slice(1)) {
    if (!result || !next) return shapeOf(undefined);
    const together = broadcast(result, next);
    if (!together) return contradiction(`Cannot ${verb} ${shapeText(result)} and ${shapeText(next)}.`);
    result = together;
  }
  return shapeOf(result);
}
