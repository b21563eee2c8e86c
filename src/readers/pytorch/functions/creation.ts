import { addSizes, isKnown, multiplySizes, type Dim, type Op, type Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { isElements } from '../../python/operators';
import { none, numberOf, type Call, type Value } from '../../python/values';
import { computed, unknownContent, type Content } from '../constants/content';
import { ConstantState, sourceOrigin, type Draw, type NumberKind } from '../draw';
import { shapeOfTensor } from '../queries';
import { sessionOf } from '../session';
import { toDim, toShape } from '../../frameworks/sizes';
import { makeTensor, tensorState } from '../tensor';
import { arrayOf, compute, makeConstant } from './compute';
import { function_, type TensorFunction } from './define';
import { kindOfDtype } from './dtypes';
import { numberKindOf } from './numberKind';

const fill = (value: number): Content => ({ kind: 'fill', value });
const uninitialised: Draw = { kind: 'unknown', reason: 'it is memory that is not initialised' };

function dtypeOf(call: Call, fallback: NumberKind): NumberKind {
  return kindOfDtype(call.keywords.get('dtype')) ?? fallback;
}

/** Sizes given one by one, as one tuple, or by name. */
function sizesOf(call: Call, skip = 0): Shape | undefined {
  const named = call.keywords.get('size') ?? call.keywords.get('shape');
  if (call.hidden) return undefined;
  return toShape(
    call.interpreter,
    named ? [named] : call.positional.slice(skip).filter((value) => !kindOfDtype(value)),
  );
}

/** A tensor that is drawn so, at this call. */
function constant(
  shape: Shape | undefined,
  draw: Draw,
  call: Call,
  content?: Content,
  numbers: NumberKind = 'float',
): Value {
  return makeTensor(new ConstantState(shape, draw, sourceOrigin(call.site), content, numbers), call.site);
}

/** What a maker of tensors fills them with. */
type Filling =
  | { readonly kind: 'content'; readonly value: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'noise'; readonly distribution: 'normal' | 'uniform' };

const fillings: Readonly<Record<string, Filling>> = {
  zeros: { kind: 'content', value: 0 },
  ones: { kind: 'content', value: 1 },
  empty: { kind: 'empty' },
  randn: { kind: 'noise', distribution: 'normal' },
  rand: { kind: 'noise', distribution: 'uniform' },
};

const noiseDraws = {
  normal: { kind: 'normal', mean: 0, std: 1 },
  uniform: { kind: 'uniform', low: 0, high: 1 },
} as const;

/** In a `forward`, what is drawn is drawn anew with every call. */
function filled(filling: Filling, shape: Shape | undefined, call: Call, numbers: NumberKind, like?: Value): Value {
  const { trace } = sessionOf(call.interpreter);
  if (filling.kind === 'content') return makeConstant({ shape, content: fill(filling.value) }, numbers, call.site);
  if (filling.kind === 'empty') return constant(shape, uninitialised, call, undefined, numbers);
  const { distribution } = filling;
  if (!trace) return constant(shape, noiseDraws[distribution], call);
  const state = tensorState(like);
  if (like && state?.kind === 'node') return trace.add({ kind: 'noise', distribution }, [like], call.site);
  return shape
    ? trace.add({ kind: 'noise', distribution, shape }, [], call.site)
    : trace.opaque('The sizes of this noise are not known.', [], call.site);
}

const full =
  (skip: number, like: boolean) =>
  (call: Call): Value => {
    const args = new CallArguments(call, [like ? 'input' : 'size', 'fill_value'], skip);
    const value = args.value('fill_value');
    const number = numberOf(value);
    const size = args.get(like ? 'input' : 'size');
    const shape = like ? shapeOfTensor(size, call) : size && toShape(call.interpreter, [size]);
    if (number === undefined && tensorState(value) && shape) return compute({ kind: 'expand', shape }, [value], call);
    const kind = value.type === 'bool' ? 'bool' : value.type === 'int' && !like ? 'int' : 'float';
    return makeConstant(
      {
        shape,
        content: number === undefined ? unknownContent('the value it is filled with is not known') : fill(number),
      },
      dtypeOf(call, kind),
      call.site,
    );
  };

/** `arange(end)`, `arange(start, end, step)`. */
function arange(call: Call): Value {
  const given = call.positional.filter((value) => !kindOfDtype(value));
  const [start, end] = given.length > 1 ? given : [undefined, given[0]];
  const from = start ?? call.keywords.get('start') ?? { type: 'int', value: 0 };
  const to = end ?? call.keywords.get('end') ?? none;
  const step = given[2] ?? call.keywords.get('step') ?? { type: 'int', value: 1 };
  const [first, last, by] = [numberOf(from), numberOf(to), numberOf(step)];
  const kind = [from, to, step].some((value) => value.type === 'float') ? 'float' : 'int';
  const length: Dim | undefined =
    first !== undefined && last !== undefined && by
      ? Math.max(0, Math.ceil((last - first) / by))
      : by === 1
        ? addSizes([toDim(to), multiplySizes([-1, toDim(from)])])
        : undefined;
  if (length === undefined || first === undefined || by === undefined)
    return makeConstant(
      {
        shape: [{ symbol: `len(arange)`, reason: 'the bounds of this range are not known' }],
        content: unknownContent('the bounds of this range are not known'),
      },
      dtypeOf(call, kind),
      call.site,
    );
  return makeConstant(
    { shape: [length], content: { kind: 'range', start: first, step: by } },
    dtypeOf(call, kind),
    call.site,
  );
}

const linspace = (call: Call): Value => {
  const args = new CallArguments(call, ['start', 'end', 'steps']);
  const [start, end, steps] = ['start', 'end', 'steps'].map((name) => numberOf(args.get(name)));
  const known = start !== undefined && end !== undefined && steps !== undefined && Number.isInteger(steps);
  const shape = args.get('steps') ? [toDim(args.value('steps'))] : [100];
  if (!known) return makeConstant({ shape, content: unknownContent('its bounds are not known') }, 'float', call.site);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  // As PyTorch does it: the second half is counted from the end.
  const values = (): Float64Array =>
    Float64Array.from({ length: steps }, (_, at) =>
      at < steps / 2 ? start + at * step : end - (steps - 1 - at) * step,
    );
  return makeConstant({ shape, content: computed(values, 'a range') }, 'float', call.site);
};

function eye(call: Call): Value {
  const [rows = none, columns] = call.positional;
  const shape = [toDim(rows), toDim(columns && !kindOfDtype(columns) ? columns : rows)];
  const [height, width] = shape;
  const draw: Draw = { kind: 'identity', gain: 1 };
  const content: Content =
    isKnown(height) && isKnown(width)
      ? computed(
          () => Float64Array.from({ length: height * width }, (_, at) => Number(Math.floor(at / width) === at % width)),
          'an identity',
        )
      : unknownContent('its sizes are not known');
  return constant(shape, draw, call, content, dtypeOf(call, 'float'));
}

/** Numbers in lists in lists, with the sizes that they make; undefined where they are none. */
function nested(
  value: Value,
  call: Call,
): { readonly sizes: readonly number[]; readonly values: readonly number[] } | undefined {
  const number = numberOf(value);
  if (number !== undefined) return { sizes: [], values: [number] };
  const known = tensorState(value) ? arrayOf(value) : undefined;
  if (known) return { sizes: known.sizes, values: Array.from(known.values) };
  if (tensorState(value)) return undefined;
  const elements = call.interpreter.iterate(value);
  if (!isElements(elements)) return undefined;
  const parts = elements.map((element) => nested(element, call));
  const [first] = parts;
  const alike = parts.every((part) => part && part.sizes.join() === first?.sizes.join());
  if (!alike) return undefined;
  return { sizes: [elements.length, ...(first?.sizes ?? [])], values: parts.flatMap((part) => part?.values ?? []) };
}

/** `torch.tensor(0.5)`, `torch.tensor([[1.0], [2.0]])`. */
export function toTensor(data: Value, call: Call): Value {
  if (tensorState(data)) return data;
  const numbers = nested(data, call);
  const leaf = firstLeaf(data);
  const kind = leaf?.type === 'bool' || leaf?.type === 'int' ? leaf.type : 'float';
  if (!numbers)
    return makeConstant(
      { shape: shapeOfNested(data, call), content: unknownContent('its numbers are not known') },
      dtypeOf(call, 'float'),
      call.site,
    );
  const { sizes, values } = numbers;
  const [first] = values;
  const equal = first !== undefined && values.every((one) => one === first);
  const content: Content = equal ? fill(first) : computed(() => Float64Array.from(values), 'numbers');
  return makeConstant({ shape: sizes, content }, dtypeOf(call, kind), call.site);
}

function firstLeaf(value: Value): Value | undefined {
  return value.type === 'list' || value.type === 'tuple' ? value.items[0] && firstLeaf(value.items[0]) : value;
}

function shapeOfNested(value: Value, call: Call): Shape | undefined {
  if (value.type !== 'list' && value.type !== 'tuple') return value.type === 'unknown' ? undefined : [];
  const [first] = value.items;
  const inner = first && shapeOfNested(first, call);
  return inner && [value.items.length, ...inner];
}

/** `torch.randint(low, high, size)`, `torch.randperm(n)`: numbers that nobody knows. */
function integers(call: Call): Value {
  const size =
    call.keywords.get('size') ?? call.positional.find((value) => value.type === 'tuple' || value.type === 'list');
  const draw: Draw = { kind: 'unknown', reason: 'it is drawn from integers' };
  return constant(size && toShape(call.interpreter, [size]), draw, call, undefined, 'int');
}

function permutation(call: Call): Value {
  const [count = none] = call.positional;
  const draw: Draw = { kind: 'unknown', reason: 'it is an order drawn at random' };
  return constant([toDim(count)], draw, call, undefined, 'int');
}

/** `torch.normal(mean, std, size)` */
function normal(call: Call): Value {
  const args = new CallArguments(call, ['mean', 'std', 'size']);
  const size = args.get('size');
  const shape = size && toShape(call.interpreter, [size]);
  const noise = filled({ kind: 'noise', distribution: 'normal' }, shape, call, 'float');
  const [mean, std] = [numberOf(args.get('mean')), numberOf(args.get('std'))];
  return mean === undefined || std === undefined
    ? call.interpreter.unknown('torch.normal(…)', 'is drawn in a way that is not known')
    : compute({ kind: 'affine', factor: std, offset: mean }, [noise], call);
}

/** Where column − row lies below (or above) the diagonal, what x is; else 0. */
const triangle = (side: 'lower' | 'upper'): TensorFunction =>
  function_(['diagonal'], (use) => {
    const shape = use.shape();
    const diagonal = use.settings.number('diagonal', 0);
    if (!shape || shape.length < 2) return use.opaque('The sizes of this triangle are not known.');
    const matrix = makeConstant(
      { shape: shape.slice(-2), content: { kind: 'triangle', side, diagonal, inside: 1, outside: 0 } },
      numberKindOf(use.x, use.trace) ?? 'float',
      use.site,
    );
    // −∞ · 0 is no number: what is cut off is chosen, not multiplied.
    const op: Op = { kind: 'where' };
    return use.add(op, [matrix, use.x, makeConstant({ shape: [], content: fill(0) }, 'float', use.site)]);
  });

const triangleIndices =
  (upper: boolean) =>
  (call: Call): Value => {
    const args = new CallArguments(call, ['row', 'col', 'offset']);
    const [rows, columns] = [numberOf(args.get('row')), numberOf(args.get('col'))];
    const offset = numberOf(args.get('offset')) ?? 0;
    if (rows === undefined || columns === undefined || rows * columns > 1_000_000)
      return call.interpreter.unknown('tril_indices(…)', 'is of a size that is not known');
    const places: [number, number][] = [];
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        if (upper ? column - row >= offset : column - row <= offset) places.push([row, column]);
    const values = Float64Array.from([...places.map(([row]) => row), ...places.map(([, column]) => column)]);
    return makeConstant({ shape: [2, places.length], content: computed(() => values, 'places') }, 'int', call.site);
  };

/** Functions of a tensor that make another. */
export const creationFunctions: Readonly<Record<string, TensorFunction>> = {
  ...Object.fromEntries(
    Object.entries(fillings).flatMap(([name, filling]) => [
      [
        `${name}_like`,
        function_([], (use) =>
          filled(filling, use.shape(), use.call, dtypeOf(use.call, numberKindOf(use.x, use.trace) ?? 'float'), use.x),
        ),
      ],
    ]),
  ),
  full_like: function_(['fill_value'], (use) => full(0, true)(use.call)),
  tril: triangle('lower'),
  triu: triangle('upper'),
  one_hot: function_(['num_classes'], (use) => {
    const classes = use.args.get('num_classes');
    return classes && numberOf(classes) !== -1
      ? use.add({ kind: 'oneHot', classes: toDim(classes) })
      : use.opaque('The number of classes is not known.');
  }),
};

/** Methods of a tensor that make another of its kind. */
export const makingMethods: Readonly<Record<string, (call: Call) => Value>> = {
  ...Object.fromEntries(
    Object.entries(fillings)
      .filter(([, { kind }]) => kind !== 'noise')
      .map(([name, filling]) => [
        `new_${name}`,
        (call: Call): Value => filled(filling, sizesOf(call, 1), call, dtypeOf(call, 'float')),
      ]),
  ),
  new_full: full(1, false),
  new_tensor: (call) => toTensor(call.positional[1] ?? none, call),
};

/** Functions of `torch` that make a tensor of sizes and numbers. */
export const makingFunctions: Readonly<Record<string, (call: Call) => Value>> = {
  ...Object.fromEntries(
    Object.entries(fillings).map(([name, filling]) => [
      name,
      (call: Call): Value => filled(filling, sizesOf(call), call, dtypeOf(call, 'float')),
    ]),
  ),
  full: full(0, false),
  arange,
  range: arange,
  linspace,
  eye,
  normal,
  randint: integers,
  randperm: permutation,
  tensor: (call) => toTensor(call.positional[0] ?? call.keywords.get('data') ?? none, call),
  as_tensor: (call) => toTensor(call.positional[0] ?? call.keywords.get('data') ?? none, call),
  from_numpy: (call) => toTensor(call.positional[0] ?? none, call),
  FloatTensor: (call) =>
    isSizes(call)
      ? filled({ kind: 'empty' }, sizesOf(call), call, 'float')
      : toTensor(call.positional[0] ?? none, call),
  LongTensor: (call) =>
    isSizes(call) ? filled({ kind: 'empty' }, sizesOf(call), call, 'int') : toTensor(call.positional[0] ?? none, call),
  tril_indices: triangleIndices(false),
  triu_indices: triangleIndices(true),
};

/** `torch.FloatTensor(3, 4)` is a tensor of these sizes, `torch.FloatTensor([3, 4])` one of these numbers. */
function isSizes({ positional: [first] }: Call): boolean {
  return first !== undefined && first.type !== 'list' && first.type !== 'tuple' && !tensorState(first);
}
