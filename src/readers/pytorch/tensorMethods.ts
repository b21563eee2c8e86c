import { builtin } from '../python/classes';
import type { BinaryOperator } from '../python/syntax';
import { none, type Call, type Value } from '../python/values';
import { ConstantState, ParameterState, unknownDraw } from './draw';
import { tensorArithmetic } from './functions/arithmetic';
import { applyTensorFunction } from './functions/define';
import { tensorFunctions } from './functions/table';
import { drawInPlace, inPlaceNames } from './inPlace';
import { drawOf, initialise, replaceData } from './initialise';
import { shapeOfTensor, sizeProperties, sizeQueries } from './queries';
import { sessionOf } from './session';
import { makeTensor, parameterState, tensorClass, tensorState } from './tensor';
import { pickedView, viewBy, viewOf } from './views';

const operators: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
};

/** In `forward`, `x.add_(y)` is `x + y` as far as the graph is concerned. */
const inPlaceOperators: Readonly<Record<string, BinaryOperator>> = { add_: '+', sub_: '-', mul_: '*', div_: '/' };

function changeInPlace(name: string, call: Call): Value {
  const [self] = call.positional;
  const operator = inPlaceOperators[name];
  if (tensorState(self)?.kind === 'node' && operator && self)
    return tensorArithmetic(operator, self, call.positional[1] ?? none, call);
  return initialise(self, drawInPlace(name, call), call);
}

/** A method that is not in any table: in place by PyTorch's convention where its name ends so, else an operation that is not understood. */
function unknownMethod(self: Value, name: string): Value {
  return builtin(name, (call) => {
    const state = tensorState(self);
    const { trace } = sessionOf(call.interpreter);
    if (name.endsWith('_') && state?.kind !== 'node')
      return initialise(self, { kind: 'unknown', reason: `\`${name}\` is not understood` }, call);
    if (trace && state?.kind === 'node')
      return trace.opaque(
        `The tensor method \`${name}\` is not understood yet.`,
        [self, ...call.positional],
        call.site,
      );
    if (state?.kind === 'output') return self;
    return call.interpreter.unknown(`${name}(…)`, 'is not understood');
  });
}

/** Attributes that say nothing about the graph. */
const plainAttributes = new Set([
  'device',
  'dtype',
  'grad',
  'requires_grad',
  'is_cuda',
  'layout',
  '__len__',
  '__iter__',
  '__eq__',
  '__bool__',
  '__enter__',
  '__contains__',
  '__call__',
]);

function attributeOf(call: Call): Value {
  const [self = none, name = none] = call.positional;
  if (name.type !== 'str') return none;
  const property = sizeProperties[name.value];
  if (property) return property(shapeOfTensor(self, call), call);
  if (['data', 'T', 'mT'].includes(name.value)) {
    const shown = viewBy(name.value, { ...call, positional: [self] });
    if (shown) return shown;
  }
  if (name.value === 'data') return self;
  if (name.value === 'T')
    return applyTensorFunction('t', tensorFunctions['t'] ?? { parameters: [], apply: () => none }, {
      ...call,
      positional: [self],
    });
  if (plainAttributes.has(name.value))
    return call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not followed');
  return unknownMethod(self, name.value);
}

function item(call: Call): Value {
  const [self = none] = call.positional;
  const state = tensorState(self);
  const { trace } = sessionOf(call.interpreter);
  if (state?.kind === 'node')
    return trace
      ? trace.opaque('A part of a tensor is taken here, which is not understood yet.', [self], call.site)
      : self;
  const view = viewOf(state);
  if (!view) return self;
  const part = pickedView(view, call.positional[1] ?? none);
  return makeTensor(part ?? new ConstantState(undefined, unknownDraw('it is a part of another tensor')), call.site);
}

/** `p[…] = value` */
function setItem(call: Call): Value {
  const [self, index = none, value] = call.positional;
  const view = viewOf(tensorState(self));
  if (!view) return none;
  const part = pickedView(view, index) ?? { ...view, region: 'unknown' as const };
  initialise(makeTensor(part, call.site), drawOf(value), call);
  return none;
}

/** `p.data = …` sets what a parameter holds; other attributes are of no matter here. */
function setAttribute(call: Call): Value {
  const [self, name, value] = call.positional;
  if (self?.type !== 'instance' || name?.type !== 'str') return none;
  if (name.value === 'data') replaceData(self, value, call);
  else self.attributes.set(name.value, value ?? none, call.interpreter.journal);
  return none;
}

function arithmetic(operator: BinaryOperator, reflected: boolean): (call: Call) => Value {
  return (call) => {
    const [self = none, other = none] = call.positional;
    return reflected ? tensorArithmetic(operator, other, self, call) : tensorArithmetic(operator, self, other, call);
  };
}

/** Puts the methods into `torch.Tensor`. */
export function installTensorMethods(): void {
  const members = new Map<string, Value>();
  const add = (name: string, call: (call: Call) => Value): void => {
    members.set(name, builtin(name, call, true));
  };
  for (const [name, definition] of Object.entries(tensorFunctions))
    add(name, (call) => applyTensorFunction(name, definition, call));
  for (const name of inPlaceNames) add(name, (call) => changeInPlace(name, call));
  for (const [name, query] of Object.entries(sizeQueries))
    add(name, (call) => query(shapeOfTensor(call.positional[0], call), call));
  for (const [name, operator] of Object.entries(operators)) {
    add(`__${name}__`, arithmetic(operator, false));
    add(`__r${name}__`, arithmetic(operator, true));
    add(`__i${name}__`, (call) =>
      tensorState(call.positional[0])?.kind === 'node'
        ? arithmetic(operator, false)(call)
        : changeInPlaceBy(operator, call),
    );
  }
  add('__neg__', (call) => tensorArithmetic('*', call.positional[0] ?? none, { type: 'int', value: -1 }, call));
  add('__getitem__', item);
  add('__setitem__', setItem);
  add('__setattr__', setAttribute);
  add('__getattr__', attributeOf);
  add('__deepcopy__', (call) => {
    const state = parameterState(call.positional[0]);
    if (!state) return call.positional[0] ?? none;
    return makeTensor(new ParameterState(state.shape, state.role, state.axes, state.draw, state.origin), call.site);
  });
  add('requires_grad_', (call) => call.positional[0] ?? none);
  add('item', (call) => call.interpreter.unknown('.item()', 'is a number that is not known'));
  tensorClass.attributes.fill(members);
}

/** `p *= 0.1` outside of a `forward`. */
function changeInPlaceBy(operator: BinaryOperator, call: Call): Value {
  const name = Object.entries(inPlaceOperators).find(([, sign]) => sign === operator)?.[0];
  return name === undefined ? arithmetic(operator, false)(call) : changeInPlace(name, call);
}
