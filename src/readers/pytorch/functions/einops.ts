import { floorDivideSize, multiplySizes, type Dim, type Op, type Shape } from '../../../network';
import { builtin } from '../../python/classes';
import { moduleOf } from '../../python/library/module';
import { none, type Call, type ModuleValue, type Value } from '../../python/values';
import { toDim } from '../../frameworks/sizes';
import { layerClass } from '../layers/define';
import { tensorState } from '../tensor';
import { FunctionUse } from './define';
import { plainEquation } from './products';
import { stacked } from './joining';

/** One axis of a pattern: a name, a number, or names that are one axis together. */
type Axis = readonly string[];

interface Pattern {
  readonly left: readonly Axis[];
  readonly right: readonly Axis[];
}

/** Axes of a pattern that belong to `...`. */
const hidden = (count: number): readonly Axis[] => Array.from({ length: count }, (_, at) => [`…${at}`]);

/** `b (h p1) c` as axes; undefined where it is no pattern. */
function axesOf(text: string, spread: number): readonly Axis[] | undefined {
  const axes: Axis[] = [];
  let group: string[] | undefined;
  for (const token of text.match(/\.\.\.|…|[()]|[^\s()]+/g) ?? []) {
    if (token === '(') {
      if (group) return undefined;
      group = [];
    } else if (token === ')') {
      if (!group) return undefined;
      axes.push(group);
      group = undefined;
    } else if (token === '...' || token === '…') {
      const names = hidden(spread);
      if (group) group.push(...names.flat());
      else axes.push(...names);
    } else if (group) group.push(token);
    else axes.push([token]);
  }
  return group ? undefined : axes;
}

function patternOf(text: string, rank: number): Pattern | undefined {
  const [left, right, ...more] = text.split('->');
  if (left === undefined || right === undefined || more.length > 0) return undefined;
  const plain = axesOf(left.replaceAll('...', ' '), 0);
  const spread = left.includes('...') ? rank - (plain?.length ?? 0) : 0;
  const [from, to] = [axesOf(left, Math.max(0, spread)), axesOf(right, Math.max(0, spread))];
  return from && to && from.length === rank ? { left: from, right: to } : undefined;
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** The sizes of the names of a pattern, from the tensor's shape and what is told; undefined where one cannot be told. */
function sizesOf({ left }: Pattern, shape: Shape, told: ReadonlyMap<string, Dim>): Map<string, Dim> | undefined {
  const sizes = new Map(told);
  for (const [place, axis] of left.entries()) {
    const size = shape[place] ?? 1;
    const open = axis.filter((name) => !isNumber(name) && !sizes.has(name));
    const known = axis.flatMap((name) => (isNumber(name) ? [Number(name)] : (sizes.get(name) ?? [])));
    const [name] = open;
    if (open.length > 1) return undefined;
    if (name !== undefined) sizes.set(name, axis.length === 1 ? size : floorDivideSize(size, multiplySizes(known)));
  }
  return sizes;
}

type Reduction = 'mean' | 'sum' | 'max' | 'min' | 'product';

/** What a pattern is carried out with: a function's use, or a layer's. */
interface Rearranging {
  add(op: Op, inputs: readonly Value[]): Value;
  opaque(reason: string, inputs: readonly Value[]): Value;
  shape(value: Value): Shape | undefined;
}

/** What a pattern does: axes are split, reduced, put in order, repeated, and joined. */
export function rearranged(
  use: Rearranging,
  x: Value,
  text: string,
  told: ReadonlyMap<string, Dim>,
  reduction?: Reduction,
): Value {
  const shape = use.shape(x);
  const pattern = shape && patternOf(text, shape.length);
  const sizes = shape && pattern && sizesOf(pattern, shape, told);
  if (!shape || !pattern || !sizes) return use.opaque(`The axes of the pattern \`${text}\` are not known here.`, [x]);
  const sizeOf = (name: string): Dim => (isNumber(name) ? Number(name) : (sizes.get(name) ?? 1));
  const [from, to] = [pattern.left.flat(), pattern.right.flat()];
  const inner = to.filter((name) => from.includes(name) && !isNumber(name));
  let result = x;
  if (pattern.left.some((axis) => axis.length !== 1))
    result = use.add({ kind: 'reshape', shape: from.map(sizeOf) }, [result]);
  const gone = from.flatMap((name, axis) => (inner.includes(name) ? [] : [axis]));
  if (gone.length > 0)
    result = reduction
      ? use.add({ kind: 'reduce', how: reduction, axes: gone, keepDims: false }, [result])
      : use.add({ kind: 'squeeze', axes: gone }, [result]);
  const left = from.filter((name) => inner.includes(name));
  const order = inner.map((name) => left.indexOf(name));
  if (order.some((axis, place) => axis !== place)) result = use.add({ kind: 'permute', axes: order }, [result]);
  for (const [axis, name] of to.entries())
    if (!inner.includes(name)) result = use.add({ kind: 'unsqueeze', axis }, [result]);
  if (to.some((name) => !inner.includes(name) && sizeOf(name) !== 1))
    result = use.add({ kind: 'expand', shape: to.map(sizeOf) }, [result]);
  return pattern.right.some((axis) => axis.length !== 1)
    ? use.add({ kind: 'reshape', shape: pattern.right.map((axis) => multiplySizes(axis.map(sizeOf))) }, [result])
    : result;
}

const reductions: Readonly<Record<string, Reduction>> = {
  mean: 'mean',
  sum: 'sum',
  max: 'max',
  min: 'min',
  prod: 'product',
};

const sizesIn = (keywords: Call['keywords']): ReadonlyMap<string, Dim> =>
  new Map(
    [...keywords]
      .filter(([name]) => name !== 'pattern' && name !== 'reduction')
      .map(([name, value]) => [name, toDim(value)]),
  );

/** A list of tensors is stacked along a new first axis. */
function tensorOf(use: FunctionUse): Value {
  const list = use.x.type === 'list' || use.x.type === 'tuple' ? use.x.items : undefined;
  return list ? stacked(use, list, 0) : use.x;
}

function apply(name: 'rearrange' | 'repeat' | 'reduce', call: Call): Value {
  const [x = none, pattern, how] = call.positional;
  const text = pattern ?? call.keywords.get('pattern');
  const use = new FunctionUse(name, [], x, { ...call, keywords: new Map() });
  const output = tensorState(x)?.kind === 'output';
  if (output) return x;
  const reduction = name === 'reduce' ? (how ?? call.keywords.get('reduction')) : undefined;
  const known = reduction?.type === 'str' ? reductions[reduction.value] : undefined;
  if (text?.type !== 'str' || (name === 'reduce' && !known))
    return use.opaque(`The pattern of this \`${name}\` is not known.`);
  return rearranged(use, tensorOf(use), text.value, sizesIn(call.keywords), known);
}

/** `einops.einsum(x, y, 'b i, b j -> i j')`: names of any length. */
function einsum(call: Call): Value {
  const pattern = call.positional.at(-1);
  const tensors = call.positional.slice(0, -1);
  const use = new FunctionUse('einsum', [], tensors[0] ?? none, call);
  if (pattern?.type !== 'str') return use.opaque('The pattern of this einsum is not known.', tensors);
  const names = [...new Set(pattern.value.match(/[A-Za-z_]\w*/g) ?? [])];
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const short = pattern.value.replaceAll(/[A-Za-z_]\w*/g, (name) => letters.charAt(names.indexOf(name)));
  const equation = plainEquation(
    short,
    tensors.map((tensor) => use.rank(tensor)),
  );
  return equation === undefined
    ? use.opaque('The axes of this einsum are not known.', tensors)
    : use.add({ kind: 'einsum', equation }, tensors);
}

const layer = (name: 'Rearrange' | 'Reduce'): Value =>
  layerClass({
    name,
    parameters: name === 'Reduce' ? ['pattern', 'reduction'] : ['pattern'],
    make: ({ settings }) => {
      const pattern = settings.text('pattern', '');
      const told = sizesIn(settings.args.call.keywords);
      const reduction = name === 'Reduce' ? reductions[settings.text('reduction', 'mean')] : undefined;
      return ({ x, add, opaque, trace }) =>
        rearranged({ add, opaque, shape: (value) => trace.shape(value) }, x, pattern, told, reduction);
    },
  });

const members: Readonly<Record<string, Value>> = {
  rearrange: builtin('rearrange', (call) => apply('rearrange', call)),
  repeat: builtin('repeat', (call) => apply('repeat', call)),
  reduce: builtin('reduce', (call) => apply('reduce', call)),
  einsum: builtin('einsum', einsum),
};

const layers = moduleOf('einops.layers.torch', () => ({ Rearrange: layer('Rearrange'), Reduce: layer('Reduce') }));

/** `einops`, as it is used with PyTorch. */
export const einopsModules: ReadonlyMap<string, ModuleValue> = new Map([
  ['einops', moduleOf('einops', () => ({ ...members, layers: moduleOf('einops.layers', () => ({ torch: layers })) }))],
  ['einops.layers', moduleOf('einops.layers', () => ({ torch: layers }))],
  ['einops.layers.torch', layers],
]);
