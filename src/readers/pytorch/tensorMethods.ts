import { builtin } from '../python/classes';
import type { BinaryOperator } from '../python/syntax';
import { none, type Call, type Value } from '../python/values';
import { ParameterState, scaledDraw, shiftedDraw, type Draw } from './draw';
import { tensorArithmetic } from './functions/arithmetic';
import { applyTensorFunction } from './functions/define';
import { tensorFunctions } from './functions/table';
import { DrawArguments, initialise } from './initialise';
import { shapeOfTensor, sizeProperties, sizeQueries } from './queries';
import { sessionOf } from './session';
import { makeTensor, parameterState, tensorClass, tensorState } from './tensor';

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

/** What the tensor that is changed in place was drawn from before. */
function drawOf(value: Value | undefined): Draw {
  const state = tensorState(value);
  if (state?.kind === 'parameter') return state.draw;
  if (state?.kind === 'view') return state.parameter.draw;
  return { kind: 'unknown', reason: 'it is changed in place' };
}

type InPlace = (args: DrawArguments, self: Value | undefined) => Draw;

const inPlace: Readonly<Record<string, { readonly parameters: readonly string[]; readonly draw: InPlace }>> = {
  normal_: {
    parameters: ['mean', 'std'],
    draw: (args) => ({ kind: 'normal', mean: args.number('mean', 0), std: Math.abs(args.number('std', 1)) }),
  },
  uniform_: {
    parameters: ['from', 'to'],
    draw: (args) => ({ kind: 'uniform', low: args.number('from', 0), high: args.number('to', 1) }),
  },
  zero_: { parameters: [], draw: () => ({ kind: 'constant', value: 0 }) },
  fill_: { parameters: ['value'], draw: (args) => ({ kind: 'constant', value: args.number('value', 0) }) },
  mul_: { parameters: ['other'], draw: (args, self) => scaledDraw(drawOf(self), args.number('other', 1)) },
  div_: { parameters: ['other'], draw: (args, self) => scaledDraw(drawOf(self), 1 / args.number('other', 1)) },
  add_: { parameters: ['other'], draw: (args, self) => shiftedDraw(drawOf(self), args.number('other', 0)) },
  sub_: { parameters: ['other'], draw: (args, self) => shiftedDraw(drawOf(self), -args.number('other', 0)) },
  copy_: {
    parameters: ['src'],
    draw: ({ args }) => {
      const source = tensorState(args.get('src'));
      return source?.kind === 'constant'
        ? source.draw
        : { kind: 'unknown', reason: 'it is copied from another tensor' };
    },
  },
};

/** In `forward`, `x.add_(y)` is `x + y` as far as the graph is concerned. */
const inPlaceOperators: Readonly<Record<string, BinaryOperator>> = { add_: '+', sub_: '-', mul_: '*', div_: '/' };

function changeInPlace(name: string, call: Call): Value {
  const [self] = call.positional;
  const state = tensorState(self);
  const operator = inPlaceOperators[name];
  if (state?.kind === 'node' && operator && self)
    return tensorArithmetic(operator, self, call.positional[1] ?? none, call);
  if (state?.kind === 'constant') return makeTensor({ ...state, draw: changedDraw(name, call) }, call.site);
  return initialise(self, changedDraw(name, call), call);
}

function changedDraw(name: string, call: Call): Draw {
  const change = inPlace[name];
  if (!change) return { kind: 'unknown', reason: `\`${name}\` is not understood` };
  const args = new DrawArguments(call, change.parameters);
  return args.checked(change.draw(args, call.positional[0]));
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
  if (name.value === 'data') return dataOf(self, call);
  if (name.value === 'T')
    return applyTensorFunction('t', tensorFunctions['t'] ?? { parameters: [], apply: () => none }, {
      ...call,
      positional: [self],
    });
  if (plainAttributes.has(name.value))
    return call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not followed');
  return unknownMethod(self, name.value);
}

function dataOf(self: Value, call: Call): Value {
  const state = tensorState(self);
  return state?.kind === 'parameter' ? makeTensor({ kind: 'view', parameter: state, part: false }, call.site) : self;
}

function item(call: Call): Value {
  const [self = none] = call.positional;
  const state = tensorState(self);
  const { trace } = sessionOf(call.interpreter);
  switch (state?.kind) {
    case 'node':
      return trace
        ? trace.opaque('A part of a tensor is taken here, which is not understood yet.', [self], call.site)
        : self;
    case 'parameter':
      return makeTensor({ kind: 'view', parameter: state, part: true }, call.site);
    case 'view':
      return makeTensor({ ...state, part: true }, call.site);
    case 'constant':
      return makeTensor({ kind: 'constant', shape: undefined, draw: state.draw }, call.site);
    default:
      return self;
  }
}

/** `p[…] = value`: a parameter of which a part is set is not drawn as it was. */
function setItem(call: Call): Value {
  const state = tensorState(call.positional[0]);
  const parameter = state?.kind === 'parameter' ? state : state?.kind === 'view' ? state.parameter : undefined;
  if (parameter) initialise(makeTensor({ kind: 'view', parameter, part: true }, call.site), drawOf(undefined), call);
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
  for (const name of Object.keys(inPlace)) add(name, (call) => changeInPlace(name, call));
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
