import { inferShape, isKnown, sameDim, type ConstantContent, type Op, type OpKind, type Shape } from '../../../network';
import { evaluateOp } from './evaluate';
import { countOf, type NumberArray } from './numberArray';

/** Larger tensors are not computed number by number. */
export const mostElements = 1_000_000;

/** What is known of a tensor's numbers; `computed` ones are worked out when they are asked for. */
export type Content =
  | Extract<ConstantContent, { kind: 'fill' | 'range' | 'triangle' | 'unknown' }>
  | { readonly kind: 'computed'; readonly values: () => Float64Array | undefined; readonly cause: string };

/** A tensor of known content, or not. */
export interface Constant {
  readonly shape: Shape | undefined;
  readonly content: Content;
}

export const unknownContent = (reason: string): Content => ({ kind: 'unknown', reason });

/** Numbers that are worked out once, when they are asked for. */
export function computed(values: () => Float64Array | undefined, cause: string): Content {
  let known: { readonly values: Float64Array | undefined } | undefined;
  return { kind: 'computed', cause, values: () => (known ??= { values: values() }).values };
}

/** The sizes, where all are known and not too many elements. */
export function knownSizes(shape: Shape | undefined): readonly number[] | undefined {
  const sizes = shape?.filter(isKnown);
  return sizes && sizes.length === shape?.length && countOf(sizes) <= mostElements ? sizes : undefined;
}

/** Number by number; undefined where that is not known, or too much. */
export function numbersOf({ shape, content }: Constant): NumberArray | undefined {
  const sizes = knownSizes(shape);
  const values = sizes && valuesOf(content, sizes);
  return sizes && values && { sizes, values };
}

function valuesOf(content: Content, sizes: readonly number[]): Float64Array | undefined {
  switch (content.kind) {
    case 'fill':
      return new Float64Array(countOf(sizes)).fill(content.value);
    case 'range':
      return Float64Array.from({ length: countOf(sizes) }, (_, index) => content.start + index * content.step);
    case 'triangle': {
      const [rows = 1, columns = 1] = sizes.slice(-2);
      return Float64Array.from({ length: countOf(sizes) }, (_, at) => {
        const apart = (at % columns) - (Math.floor(at / columns) % rows);
        const within = content.side === 'lower' ? apart <= content.diagonal : apart >= content.diagonal;
        return within ? content.inside : content.outside;
      });
    }
    case 'computed': {
      const values = content.values();
      return values?.length === countOf(sizes) ? values : undefined;
    }
    case 'unknown':
      return undefined;
  }
}

const elementwise: ReadonlySet<OpKind> = new Set<OpKind>([
  'activation',
  'affine',
  'add',
  'multiply',
  'extremum',
  'compare',
  'where',
  'identity',
  'stopGradient',
]);
const moving: ReadonlySet<OpKind> = new Set<OpKind>([
  'flatten',
  'reshape',
  'permute',
  'squeeze',
  'unsqueeze',
  'expand',
  'tile',
  'slice',
  'roll',
  'flip',
]);

/**
 * An operation on constants, in short where it can be said shortly whatever the sizes: undefined where it must be computed number by number.
 */
export function shortResult(op: Op, inputs: readonly Constant[], shape: Shape | undefined): Content | undefined {
  const contents = inputs.map(({ content }) => content);
  const [first] = contents;
  if (first?.kind === 'fill' && inputs.length === 1 && moving.has(op.kind)) return first;
  if (first?.kind === 'range' && op.kind === 'affine')
    return { kind: 'range', start: first.start * op.factor + op.offset, step: first.step * op.factor };
  if (first?.kind === 'triangle' && keepsMatrix(op, inputs[0]?.shape, shape)) return first;
  if (!elementwise.has(op.kind)) return undefined;
  const triangles = contents.filter((content) => content.kind === 'triangle');
  const others = contents.filter((content) => content.kind !== 'triangle');
  if (others.some((content) => content.kind !== 'fill') || triangles.length > 1) return undefined;
  const [triangle] = triangles;
  const at = (choose: (content: Content) => number): number | undefined =>
    evaluateOp(
      op,
      contents.map((content) => ({ sizes: [], values: Float64Array.of(choose(content)) })),
      [],
    )?.[0];
  if (!triangle) {
    const value = at((content) => (content.kind === 'fill' ? content.value : 0));
    return value === undefined ? undefined : { kind: 'fill', value };
  }
  const own = inputs.find(({ content }) => content.kind === 'triangle')?.shape;
  if (!sameMatrix(own, shape)) return undefined;
  const [inside, outside] = (['inside', 'outside'] as const).map((side) =>
    at((content) => (content.kind === 'triangle' ? content[side] : content.kind === 'fill' ? content.value : 0)),
  );
  return inside === undefined || outside === undefined ? undefined : { ...triangle, inside, outside };
}

function sameMatrix(a: Shape | undefined, b: Shape | undefined): boolean {
  const [x, y] = [a?.slice(-2), b?.slice(-2)];
  return x?.length === 2 && y?.length === 2 && x.every((size, axis) => sameDim(size, y[axis] ?? 0));
}

/** Whether the last two axes stay where they are, or are cut to their first rows and columns. */
function keepsMatrix(op: Op, from: Shape | undefined, to: Shape | undefined): boolean {
  if (!from || !to || to.length < 2) return false;
  if (op.kind === 'slice') return op.start === 0 && op.step === 1;
  return (
    (op.kind === 'reshape' || op.kind === 'expand' || op.kind === 'unsqueeze' || op.kind === 'squeeze') &&
    sameMatrix(from, to)
  );
}

/**
 * An operation on constants. It is not computed before somebody asks, and not where it is too much.
 * @param spend told how many elements are computed; it may throw
 */
export function computeConstant(op: Op, inputs: readonly Constant[], spend: (elements: number) => void): Constant {
  const result = inferShape(
    op,
    inputs.map((input) => input.shape),
  );
  if (result.kind === 'contradiction') return { shape: undefined, content: unknownContent(result.message) };
  const { shape } = result;
  const short = shortResult(op, inputs, shape);
  if (short) return { shape, content: short };
  const doubt = inputs.find(({ content }) => content.kind === 'unknown')?.content;
  if (doubt) return { shape, content: doubt };
  const sizes = knownSizes(shape);
  if (!sizes)
    return { shape, content: unknownContent('it is of a size that is not known, or too large to be computed') };
  const values = (): Float64Array | undefined => {
    const known = inputs.map(numbersOf);
    const arrays = known.filter((one) => one !== undefined);
    if (arrays.length !== known.length) return undefined;
    spend(countOf(sizes));
    return evaluateOp(op, arrays, sizes);
  };
  return { shape, content: computed(values, `the result of ${op.kind} is not computed`) };
}

/** The content as a network holds it: as short as it can be said. */
export function describeContent({ shape, content }: Constant): ConstantContent {
  if (content.kind !== 'computed') return content;
  const known = numbersOf({ shape, content });
  if (!known) return { kind: 'unknown', reason: content.cause };
  return fillOf(known) ?? rangeOf(known) ?? triangleOf(known) ?? { kind: 'values', values: Array.from(known.values) };
}

function fillOf({ values }: NumberArray): ConstantContent | undefined {
  const value = values[0];
  return value !== undefined && values.every((one) => Object.is(one, value)) ? { kind: 'fill', value } : undefined;
}

function rangeOf({ sizes, values }: NumberArray): ConstantContent | undefined {
  const [start = 0, next = 0] = values;
  const step = next - start;
  const even = sizes.length === 1 && values.length > 1 && values.every((one, index) => one === start + index * step);
  return even ? { kind: 'range', start, step } : undefined;
}

function triangleOf(array: NumberArray): ConstantContent | undefined {
  const { sizes, values } = array;
  const [rows = 0, columns = 0] = sizes.slice(-2);
  if (sizes.length < 2 || rows < 2 || columns < 2) return undefined;
  const [right = 0, left = 0] = [values[columns - 1], values[(rows - 1) * columns]];
  if (Object.is(right, left)) return undefined;
  // How far the lower left value reaches along the first row, or down from it along the first column.
  let diagonal = -1;
  while (diagonal + 1 < columns && Object.is(values[diagonal + 1], left)) diagonal++;
  if (diagonal < 0) {
    let row = 1;
    while (row < rows && !Object.is(values[row * columns], left)) row++;
    diagonal = -row;
  }
  const lower: Extract<ConstantContent, { kind: 'triangle' }> = {
    kind: 'triangle',
    side: 'lower',
    diagonal,
    inside: left,
    outside: right,
  };
  const drawn = valuesOf(lower, sizes);
  if (!drawn?.every((value, at) => Object.is(value, values[at]))) return undefined;
  return right !== 0 && left === 0
    ? { ...lower, side: 'upper', diagonal: diagonal + 1, inside: right, outside: left }
    : lower;
}
