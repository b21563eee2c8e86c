import type { Shape } from '../../network';
import { builtinClass } from '../python/classes';
import { objectClass, typeClasses } from '../python/library/types';
import { sliceIndices } from '../python/subscripts';
import {
  InstanceValue,
  int,
  ListValue,
  none,
  numberOf,
  tuple,
  unknown,
  type Call,
  type UnknownValue,
  type Value,
} from '../python/values';
import type { Interpreter } from '../python/interpreter';
import { multiplySizes } from '../../network';
import type { NodeId } from '../../network';
import { sessionOf } from './session';
import { fromDim, fromShape } from '../frameworks/sizes';
import { tensorState } from './tensor';

/** The shape of any tensor, in or out of a `forward`, and of a number; undefined where it is not known. */
export function shapeOfTensor(
  value: Value | undefined,
  { interpreter }: { readonly interpreter: Interpreter },
): Shape | undefined {
  const state = tensorState(value);
  switch (state?.kind) {
    case 'node':
      return value && sessionOf(interpreter).trace?.shape(value);
    case 'parameter':
    case 'constant':
    case 'view':
      return state.shape;
    case 'output':
    case 'doubtful':
      return undefined;
    case undefined:
      return numberOf(value) === undefined ? undefined : [];
  }
}

/** `x.shape` of a tensor of which not even the number of axes is known: how it is taken apart tells it. */
class OpenShape {
  constructor(
    readonly name: string,
    readonly node: NodeId | undefined,
  ) {}
}

const openSize = (name: string): UnknownValue => unknown(name, 'is a size that is not known');

function openOf({ positional: [self] }: Call): OpenShape {
  return self?.type === 'instance' && self.native instanceof OpenShape
    ? self.native
    : new OpenShape('shape', undefined);
}

const openShapeClass = builtinClass('Size', [typeClasses.get('tuple') ?? objectClass], {
  __getitem__: (call) => {
    const { name } = openOf(call);
    const index = call.positional[1] ?? none;
    if (index.type !== 'slice') return openSize(`${name}[${numberOf(index) ?? '…'}]`);
    const to = numberOf(index.upper);
    const known = to !== undefined && to > 0 ? sliceIndices(index, to) : undefined;
    return known ? tuple(known.map((at) => openSize(`${name}[${at}]`))) : openSize(`${name}[…]`);
  },
  __len__: (call) => openSize(`len(${openOf(call).name})`),
  __iter__: (call) => openSize(`${openOf(call).name}[…]`),
  numel: (call) => openSize(`${openOf(call).name}.numel()`),
});

/** The sizes of a shape that is not known, one for each name that it is taken apart into. */
export function unpackOpenShape(
  shape: InstanceValue,
  count: number,
  interpreter: Interpreter,
): readonly Value[] | undefined {
  if (!(shape.native instanceof OpenShape)) return undefined;
  const { name, node } = shape.native;
  if (node !== undefined) sessionOf(interpreter).trace?.ranks.set(node, count);
  return Array.from({ length: count }, (_, axis) => openSize(`${name}[${axis}]`));
}

type Query = (shape: Shape | undefined, call: Call) => Value;

function wholeShape(shape: Shape | undefined, { positional: [self], interpreter, site }: Call): Value {
  if (shape) return fromShape(shape);
  const state = tensorState(self);
  const node = state?.kind === 'node' ? state.id : undefined;
  const op = node === undefined ? undefined : sessionOf(interpreter).trace?.builder.op(node);
  const name = op?.kind === 'input' ? `${op.name}.shape` : `shape of ${node ?? 'a tensor'}`;
  return new InstanceValue(openShapeClass, site, new OpenShape(name, node));
}

/** What can be asked of a tensor about its sizes: `x.size(1)`, `p.dim()`. */
export const sizeQueries: Readonly<Record<string, Query>> = {
  size: (shape, call) => {
    const { positional, keywords, interpreter } = call;
    const wanted = positional[1] ?? keywords.get('dim');
    if (!wanted) return wholeShape(shape, call);
    const axis = numberOf(wanted) ?? Number.NaN;
    const whole = wholeShape(shape, call);
    if (whole.type === 'instance') return interpreter.apply(interpreter.getAttribute(whole, '__getitem__'), wanted);
    const size = shape?.at(axis);
    return size === undefined ? interpreter.unknown('size(…)', 'asks for an axis that is not there') : fromDim(size);
  },
  dim: (shape, { interpreter }) => rank(shape) ?? interpreter.unknown('dim()', 'is a number of axes that is not known'),
  ndimension: (shape, { interpreter }) =>
    rank(shape) ?? interpreter.unknown('dim()', 'is a number of axes that is not known'),
  numel: (shape, { interpreter }) =>
    shape ? fromDim(multiplySizes(shape)) : interpreter.unknown('numel()', 'is a count that is not known'),
  nelement: (shape, { interpreter }) =>
    shape ? fromDim(multiplySizes(shape)) : interpreter.unknown('nelement()', 'is a count that is not known'),
  __len__: (shape, { interpreter }) =>
    shape?.[0] === undefined ? interpreter.unknown('len(…)', 'is a size that is not known') : fromDim(shape[0]),
  stride: (_shape, { interpreter }) => interpreter.unknown('stride()', 'is a layout that is not followed'),
};

/** The same without a call: `x.shape`, `x.ndim`. */
export const sizeProperties: Readonly<Record<string, Query>> = {
  shape: wholeShape,
  ndim: (shape, { interpreter }) => rank(shape) ?? interpreter.unknown('ndim', 'is a number of axes that is not known'),
};

function rank(shape: Shape | undefined): Value | undefined {
  return shape && int(shape.length);
}

/** Why a tensor is not gone through element by element. */
export const tooMany = (interpreter: Interpreter): UnknownValue =>
  interpreter.unknown('a tensor', 'has a number of elements that is not known, or too many to be followed');

export const asList = (values: readonly Value[]): Value => new ListValue([...values]);
