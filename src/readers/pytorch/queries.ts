import type { Shape } from '../../network';
import type { Call, Value } from '../python/values';
import { numberOf } from '../python/values';
import { sessionOf } from './session';
import { fromDim, fromShape } from '../frameworks/sizes';
import { tensorState } from './tensor';

/** The shape of any tensor, in or out of a `forward`; undefined where it is not known. */
export function shapeOfTensor(value: Value | undefined, call: Call): Shape | undefined {
  const state = tensorState(value);
  switch (state?.kind) {
    case 'node':
      return value && sessionOf(call.interpreter).trace?.shape(value);
    case 'parameter':
    case 'constant':
    case 'view':
      return state.shape;
    case 'output':
    case undefined:
      return undefined;
  }
}

type Query = (shape: Shape | undefined, call: Call) => Value;

/** What can be asked of a tensor about its sizes: `x.size(1)`, `p.dim()`. */
export const sizeQueries: Readonly<Record<string, Query>> = {
  size: (shape, { positional: [, axis], keywords, interpreter }) => {
    const wanted = axis ?? keywords.get('dim');
    if (!shape) return interpreter.unknown('size(…)', 'is a size that is not known');
    if (!wanted) return fromShape(shape);
    const size = shape.at(numberOf(wanted) ?? Number.NaN);
    return size === undefined ? interpreter.unknown('size(…)', 'asks for an axis that is not there') : fromDim(size);
  },
  dim: (shape, { interpreter }) => rank(shape) ?? interpreter.unknown('dim()', 'is a number of axes that is not known'),
  numel: (shape, { interpreter }) => {
    const count = shape?.reduce<number>((product, size) => product * (typeof size === 'number' ? size : Number.NaN), 1);
    return count === undefined || Number.isNaN(count)
      ? interpreter.unknown('numel()', 'is a count that is not known')
      : { type: 'int', value: count };
  },
};

/** The same without a call: `x.shape`, `x.ndim`. */
export const sizeProperties: Readonly<Record<string, Query>> = {
  shape: (shape, { interpreter }) => (shape ? fromShape(shape) : interpreter.unknown('shape', 'is not known here')),
  ndim: (shape, { interpreter }) => rank(shape) ?? interpreter.unknown('ndim', 'is a number of axes that is not known'),
};

function rank(shape: Shape | undefined): Value | undefined {
  return shape && { type: 'int', value: shape.length };
}
