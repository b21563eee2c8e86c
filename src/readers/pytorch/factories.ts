import type { Shape } from '../../network';
import { builtin } from '../python/classes';
import { numberOf, type Call, type Value } from '../python/values';
import { ConstantState, ParameterState, sourceOrigin, unknownDraw, type Draw } from './draw';
import { isElements } from '../python/operators';
import { shapeOfTensor } from './queries';
import { sessionOf } from './session';
import { toDim, toShape } from '../frameworks/sizes';
import { makeTensor, tensorState } from './tensor';
import { drawOfView, viewOf } from './views';

const draws: Readonly<Record<string, Draw>> = {
  randn: { kind: 'normal', mean: 0, std: 1 },
  rand: { kind: 'uniform', low: 0, high: 1 },
  zeros: { kind: 'constant', value: 0 },
  ones: { kind: 'constant', value: 1 },
  empty: { kind: 'unknown', reason: 'it is memory that is not initialised' },
};

/** A tensor that is drawn so, at this call. */
function made(shape: Shape | undefined, draw: Draw, call: Call): Value {
  return makeTensor(new ConstantState(shape, draw, sourceOrigin(call.site)), call.site);
}

const fromSizes =
  (draw: Draw): ((call: Call) => Value) =>
  (call) => {
    const named = call.keywords.get('size');
    const shape = toShape(call.interpreter, named ? [named] : call.positional);
    return made(call.hidden ? undefined : shape, draw, call);
  };

const like =
  (draw: Draw): ((call: Call) => Value) =>
  (call) =>
    made(shapeOfTensor(call.positional[0], call), draw, call);

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
  return made(size && toShape(call.interpreter, [size]), draw, call);
}

/** `torch.tensor(0.5)`, `torch.tensor([1.0, 2.0])`. */
function fromData(call: Call): Value {
  const [data] = call.positional;
  const number = numberOf(data);
  if (number !== undefined) return made([], { kind: 'constant', value: number }, call);
  const elements = data && call.interpreter.iterate(data);
  const flat = elements && isElements(elements) ? elements : undefined;
  const numbers = flat?.map(numberOf);
  const [first] = numbers ?? [];
  const equal = first !== undefined && numbers?.every((one) => one === first);
  const draw: Draw = equal
    ? { kind: 'constant', value: first }
    : { kind: 'unknown', reason: 'it is set number by number' };
  const shape: Shape | undefined = numbers && !numbers.includes(undefined) ? [numbers.length] : undefined;
  return made(shape, draw, call);
}

/** `torch.randint(low, high, size)`, `torch.randint(high, size)`. */
function integers(call: Call): Value {
  const size =
    call.keywords.get('size') ?? call.positional.find((value) => value.type === 'tuple' || value.type === 'list');
  return made(size && toShape(call.interpreter, [size]), unknownDraw('it is drawn from integers'), call);
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
      ['eye', (call: Call) => made(squareOf(call), { kind: 'identity', gain: 1 }, call)] as const,
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
  if (sessionOf(call.interpreter).trace)
    return call.interpreter.unknown('nn.Parameter(…)', 'is made anew in each `forward`');
  // Of another parameter the new one shares the elements, yet it is one of its own.
  const view = viewOf(state);
  const shape = view?.shape ?? [{ symbol: '?', reason: 'the shape of this parameter is not known' }];
  const draw = view ? drawOfView(view) : unknownDraw('it is made from a tensor that is not understood');
  if (state?.kind === 'parameter')
    return makeTensor(new ParameterState(shape, state.role, state.axes, draw, state.origin), call.site);
  const axes = shape.map(() => 'feature' as const);
  return makeTensor(
    new ParameterState(shape, shape.length < 2 ? 'scalar' : 'weight', axes, draw, sourceOrigin(call.site)),
    call.site,
  );
}
