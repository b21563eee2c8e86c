import { BATCH, type Shape } from '../../network';
import { builtin } from '../python/classes';
import { numberOf, type Call, type Value } from '../python/values';
import type { Draw } from './draw';
import { ParameterState, sourceOrigin } from './draw';
import { isElements } from '../python/operators';
import { shapeOfTensor } from './queries';
import { sessionOf } from './session';
import { toDim, toShape } from './sizes';
import { makeTensor, tensorState } from './tensor';

const draws: Readonly<Record<string, Draw>> = {
  randn: { kind: 'normal', mean: 0, std: 1 },
  rand: { kind: 'uniform', low: 0, high: 1 },
  zeros: { kind: 'constant', value: 0 },
  ones: { kind: 'constant', value: 1 },
  empty: { kind: 'unknown', reason: 'it is memory that is not initialised' },
};

const fromSizes =
  (draw: Draw): ((call: Call) => Value) =>
  (call) => {
    const named = call.keywords.get('size');
    const shape = toShape(call.interpreter, named ? [named] : call.positional);
    return makeTensor({ kind: 'constant', shape: call.hidden ? undefined : shape, draw }, call.site);
  };

const like =
  (draw: Draw): ((call: Call) => Value) =>
  (call) =>
    makeTensor({ kind: 'constant', shape: shapeOfTensor(call.positional[0], call), draw }, call.site);

function full(call: Call): Value {
  const [size, value] = [
    call.positional[0] ?? call.keywords.get('size'),
    call.positional[1] ?? call.keywords.get('fill_value'),
  ];
  const filled = numberOf(value);
  const draw: Draw =
    filled === undefined
      ? { kind: 'unknown', reason: 'the value it is filled with is not known' }
      : { kind: 'constant', value: filled };
  return makeTensor({ kind: 'constant', shape: size && toShape(call.interpreter, [size]), draw }, call.site);
}

/** `torch.tensor(0.5)`, `torch.tensor([1.0, 2.0])`. */
function fromData(call: Call): Value {
  const [data] = call.positional;
  const number = numberOf(data);
  if (number !== undefined)
    return makeTensor({ kind: 'constant', shape: [], draw: { kind: 'constant', value: number } }, call.site);
  const elements = data && call.interpreter.iterate(data);
  const flat = elements && isElements(elements) ? elements : undefined;
  const numbers = flat?.map(numberOf);
  const [first] = numbers ?? [];
  const equal = first !== undefined && numbers?.every((one) => one === first);
  const draw: Draw = equal
    ? { kind: 'constant', value: first }
    : { kind: 'unknown', reason: 'it is set number by number' };
  const shape: Shape | undefined = numbers && !numbers.includes(undefined) ? [numbers.length] : undefined;
  return makeTensor({ kind: 'constant', shape, draw }, call.site);
}

/** `torch.randint(low, high, size)`, `torch.randint(high, size)`. */
function integers(call: Call): Value {
  const size =
    call.keywords.get('size') ?? call.positional.find((value) => value.type === 'tuple' || value.type === 'list');
  return makeTensor(
    {
      kind: 'constant',
      shape: size && toShape(call.interpreter, [size]),
      draw: { kind: 'unknown', reason: 'it is drawn from integers' },
    },
    call.site,
  );
}

/** Functions that make a tensor. */
export const factoryMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  (
    [
      ...Object.entries(draws).flatMap(([name, draw]) => [
        [name, fromSizes(draw)] as const,
        [`${name}_like`, like(draw)] as const,
      ]),
      ['full', full] as const,
      ['tensor', fromData] as const,
      ['randint', integers] as const,
      [
        'eye',
        (call: Call) =>
          makeTensor({ kind: 'constant', shape: squareOf(call), draw: { kind: 'identity', gain: 1 } }, call.site),
      ] as const,
    ] satisfies readonly (readonly [string, (call: Call) => Value])[]
  ).map(([name, call]) => [name, builtin(name, call)]),
);

function squareOf({ positional: [rows, columns] }: Call): Shape | undefined {
  return rows && [toDim(rows), toDim(columns ?? rows)];
}

/** `nn.Parameter(data)`: drawn from what the data is drawn from. Made in a `forward` it is no part of the model. */
export function makeParameter(call: Call): Value {
  const data = call.positional[0] ?? call.keywords.get('data');
  const state = tensorState(data);
  if (state?.kind === 'parameter' && data) return data;
  if (sessionOf(call.interpreter).trace)
    return call.interpreter.unknown('nn.Parameter(…)', 'is made anew in each `forward`');
  const shape = (state?.kind === 'constant' ? state.shape : undefined) ?? [
    { symbol: '?', reason: 'the shape of this parameter is not known' },
  ];
  const draw: Draw =
    state?.kind === 'constant'
      ? state.draw
      : { kind: 'unknown', reason: 'it is made from a tensor that is not understood' };
  const axes = shape.map(() => 'feature' as const);
  return makeTensor(
    new ParameterState(shape, shape.length < 2 ? 'scalar' : 'weight', axes, draw, sourceOrigin(call.site)),
    call.site,
  );
}

/** Shapes of a call with an example: its first axis is the batch, whatever its size. */
export function asBatch(shape: Shape): Shape {
  return [BATCH, ...shape.slice(1)];
}
