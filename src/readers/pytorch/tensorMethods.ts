import { builtin } from '../python/classes';
import { noAttribute } from '../python/exceptions';
import type { BinaryOperator } from '../python/syntax';
import { bool, float, int, ListValue, none, numberOf, type Call, type Value } from '../python/values';
import { ConstantState, ParameterState, unknownDraw } from './draw';
import { constantOf } from './constants/state';
import { negated, tensorArithmetic } from './functions/arithmetic';
import { comparisonOperators, not, tensorComparison } from './functions/comparison';
import { arrayOf, asConstant, scalarOf } from './functions/compute';
import { makingMethods } from './functions/creation';
import { applyTensorFunction, FunctionUse, replace, shownBy, withNumbers } from './functions/define';
import { dtypeOf } from './functions/dtypes';
import { item, withItem } from './functions/indexing';
import { unbound } from './functions/joining';
import { numberKindOf } from './functions/numberKind';
import { drawsInPlace } from './functions/randomness';
import { tensorFunctions } from './functions/table';
import { drawInPlace, inPlaceNames } from './inPlace';
import { drawOf, initialise, replaceData } from './initialise';
import { shapeOfTensor, sizeProperties, sizeQueries, tooMany } from './queries';
import { sessionOf } from './session';
import { makeTensor, setTensorState, shareElements, tensorClass, tensorState } from './tensor';
import { copied, pickedView, viewOf } from './views';

const operators: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and: '&',
  or: '|',
  xor: '^',
  lshift: '<<',
  rshift: '>>',
};

/** In a `forward` a tensor that is changed in place becomes what the function of the same name gives. */
function changeInForward(name: string, self: Value, call: Call): Value {
  const drawn = drawsInPlace[name];
  if (drawn) return changed(self, drawn.apply(new FunctionUse(name, drawn.parameters, self, call)), call);
  const numbers = changedNumbers(name, self, call);
  if (numbers) return changed(self, numbers, call);
  const { trace } = sessionOf(call.interpreter);
  const reason = `The tensor method \`${name}\` is not understood.`;
  return trace ? changed(self, trace.opaque(reason, [self, ...call.positional.slice(1)], call.site), call) : self;
}

/** A tensor is changed in place, and with it the tensor that it is a part of. */
function changed(self: Value, result: Value, call: Call): Value {
  return replace(self, result, call, (from, index) => withItem(from, index, self, call));
}

/** What a tensor is after a method has changed it; undefined for one that is not understood. */
function changedNumbers(name: string, self: Value, call: Call): Value | undefined {
  const [, given] = call.positional;
  if (name === 'copy_' && given) return withItem(self, { type: 'ellipsis' }, given, call);
  const [like, value] = [
    tensorFunctions['full_like'],
    name === 'zero_' ? int(0) : name === 'fill_' ? given : undefined,
  ];
  if (like && value)
    return like.apply(new FunctionUse(name, like.parameters, self, { ...call, positional: [self, value] }));
  const base = tensorFunctions[name.slice(0, -1)];
  return base?.apply(new FunctionUse(name, base.parameters, self, call));
}

function changeInPlace(name: string, call: Call): Value {
  const [self = none] = call.positional;
  const state = tensorState(self);
  if (state?.kind === 'output') return self;
  const { trace } = sessionOf(call.interpreter);
  const ofModel = state?.kind === 'parameter' || (state?.kind === 'view' && state.of.kind === 'parameter');
  if (trace && !ofModel) return changeInForward(name, self, call);
  const change = numberChange(self, ofModel || isDraw(name) ? undefined : changedNumbers(name, self, call), call);
  initialise(self, drawInPlace(name, call), call);
  change();
  return self;
}

const isDraw = (name: string): boolean =>
  name in drawsInPlace || !(name.slice(0, -1) in tensorFunctions || name in setting);
const setting = { copy_: true, fill_: true, zero_: true };

/**
 * Gives a constant the numbers of another tensor; of a part, the tensor that it was picked from as well. What is to be set is worked
 * out at once, and set by calling the result: drawing anew in between forgets the numbers.
 */
function numberChange(target: Value, value: Value | undefined, call: Call): () => void {
  const state = tensorState(target);
  const after = value && asConstant(value);
  const { journal } = call.interpreter;
  if (state?.kind === 'constant' && after)
    return () => {
      journal.beforeChange(state);
      state.content = constantOf(after).content;
    };
  if (state?.kind !== 'view' || !after) return () => undefined;
  // Through another order of its axes a tensor is changed in a way that is not followed: the view alone knows its numbers.
  const { from, index } = state.picked ?? {};
  const whole =
    from && index
      ? numberChange(from, withItem(from, index, makeTensor(after, call.site), call), call)
      : (): void => undefined;
  return () => {
    whole();
    if (state.of.kind === 'parameter') return;
    const basis = { draw: state.of.draw, content: state.of.content };
    setTensorState(target, { ...state, own: after, basis }, journal);
  };
}

/** A method that is not in any table: in place by PyTorch's convention where its name ends so, else an operation that is not understood. */
function unknownMethod(self: Value, name: string): Value {
  return builtin(name, (call) => {
    const state = tensorState(self);
    const { trace } = sessionOf(call.interpreter);
    const whole = { ...call, positional: [self, ...call.positional] };
    if (name.endsWith('_') && !name.endsWith('__')) return changeInPlace(name, whole);
    if (trace) return trace.opaque(`The tensor method \`${name}\` is not understood.`, whole.positional, call.site);
    if (state?.kind === 'output') return self;
    return call.interpreter.unknown(`${name}(…)`, 'is not understood');
  });
}

/** Attributes that say nothing about the graph. */
const plainAttributes = new Set([
  'device',
  'layout',
  'names',
  'grad_fn',
  'is_leaf',
  '__enter__',
  '__contains__',
  '__array__',
  '__hash__',
  '__index__',
]);

const turning: Readonly<Record<string, string>> = { T: 'T', mT: 'mT', H: 'T', mH: 'mT' };

function attributeOf(call: Call): Value {
  const [self = none, name = none] = call.positional;
  if (name.type !== 'str') return none;
  const { trace } = sessionOf(call.interpreter);
  const property = sizeProperties[name.value];
  if (property) return property(shapeOfTensor(self, call), call);
  const turned = tensorFunctions[turning[name.value] ?? ''];
  const bare = { ...call, positional: [self], keywords: new Map() };
  if (turned) return applyTensorFunction(turning[name.value] ?? '', turned, bare);
  switch (name.value) {
    case 'data':
      return tensorState(self)?.kind === 'node' ? self : (shownBy('data', bare, () => self) ?? self);
    case 'grad':
      return none;
    case 'is_cuda':
    case 'is_sparse':
    case 'is_quantized':
    case 'is_nested':
      return bool(false);
    case 'requires_grad':
      return bool(tensorState(self)?.kind !== 'constant');
    case 'dtype': {
      const kind = numberKindOf(self, trace);
      return (kind && dtypeOf(kind)) ?? call.interpreter.unknown('dtype', 'is the type of an input');
    }
    default:
      // What code hangs on a tensor of its own (`weight._is_initialised = True`) is found before this is asked.
      if (name.value.startsWith('_') && !name.value.startsWith('__')) throw noAttribute(name.value, call.site);
      // What is not understood may be an output with parts by name: they are not understood, for the same reason.
      if (trace?.isOpaque(self) && !plainAttributes.has(name.value) && !name.value.endsWith('_')) return self;
      return plainAttributes.has(name.value)
        ? call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not followed')
        : unknownMethod(self, name.value);
  }
}

/** In a `forward` a part of a parameter is a node; outside it is something that may be initialised. */
function getItem(call: Call): Value {
  const [self = none, index = none] = call.positional;
  const state = tensorState(self);
  if (state?.kind === 'output') return self;
  const view = sessionOf(call.interpreter).trace ? undefined : viewOf(state);
  const part = view && pickedView(view, index);
  if (part) return withNumbers(makeTensor(part, call.site), () => item(self, index, call), { from: self, index });
  if (view?.of.kind === 'parameter')
    return makeTensor(new ConstantState(undefined, unknownDraw('it is a part of another tensor')), call.site);
  const picked = item(self, index, call);
  if (tensorState(picked) !== state && !picksByTensor(index))
    shareElements(picked, { from: self, index }, call.interpreter.journal);
  return picked;
}

/** What tensors pick is a copy. */
function picksByTensor(index: Value): boolean {
  const items = index.type === 'tuple' ? index.items : [index];
  return items.some((one) => one.type === 'list' || tensorState(one) !== undefined);
}

/** `x[index] = value` */
function setItem(call: Call): Value {
  const [self = none, index = none, value = none] = call.positional;
  const state = tensorState(self);
  const { trace } = sessionOf(call.interpreter);
  const view = viewOf(state);
  if (trace && view?.of.kind !== 'parameter') {
    const set = withItem(self, index, value, call);
    if (set) changed(self, set, call);
    return none;
  }
  if (!view) return none;
  const change =
    view.of.kind === 'constant' ? numberChange(self, withItem(self, index, value, call), call) : (): void => undefined;
  const part = pickedView(view, index) ?? { ...view, region: 'unknown' as const };
  initialise(makeTensor(part, call.site), drawOf(value), call);
  change();
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

/** The elements along the first axis. */
function elements(call: Call): Value {
  const [self = none] = call.positional;
  const state = tensorState(self);
  if (state?.kind === 'output') return self;
  const found = unbound(new FunctionUse('iter', [], self, call), self, 0);
  return found ? new ListValue([...found]) : tooMany(call.interpreter);
}

/** The number that a tensor of one element is. */
function number(call: Call): Value {
  const [self] = call.positional;
  const array = self && arrayOf(self);
  const only = array?.values.length === 1 ? array.values[0] : scalarOf(self);
  if (only === undefined) return call.interpreter.unknown('.item()', 'is a number that is not known');
  const kind = numberKindOf(self, sessionOf(call.interpreter).trace);
  return kind === 'int' ? int(only) : kind === 'bool' ? bool(only !== 0) : float(only);
}

function toList(call: Call): Value {
  const [self = none] = call.positional;
  const shape = shapeOfTensor(self, call);
  if (shape?.length === 0) return number(call);
  const rows = elements(call);
  if (rows.type !== 'list') return call.interpreter.unknown('.tolist()', 'is a list that is not known');
  return new ListValue(rows.items.map((row) => toList({ ...call, positional: [row] })));
}

function arithmetic(operator: BinaryOperator, reflected: boolean): (call: Call) => Value {
  return (call) => {
    const [self = none, other = none] = call.positional;
    return reflected ? tensorArithmetic(operator, other, self, call) : tensorArithmetic(operator, self, other, call);
  };
}

/** `x += y`: a tensor is changed for all that hold it. */
function augmented(operator: BinaryOperator, call: Call): Value {
  const [self = none] = call.positional;
  const outside = !sessionOf(call.interpreter).trace && viewOf(tensorState(self));
  const name = inPlaceOperators[operator];
  if (outside && name !== undefined) return changeInPlace(name, call);
  return changed(self, arithmetic(operator, false)(call), call);
}

const inPlaceOperators: Readonly<Partial<Record<BinaryOperator, string>>> = {
  '+': 'add_',
  '-': 'sub_',
  '*': 'mul_',
  '/': 'div_',
};

function duplicate(call: Call): Value {
  const [self = none] = call.positional;
  const state = tensorState(self);
  if (state?.kind === 'parameter')
    return makeTensor(new ParameterState(state.shape, state.role, state.axes, state.draw, state.origin), call.site);
  const view = viewOf(state);
  return view ? makeTensor(copied(view, asConstant(self)), call.site) : self;
}

const self = ({ positional: [tensor = none] }: Call): Value => tensor;

/** Methods that are no operation. */
const otherMethods: Readonly<Record<string, (call: Call) => Value>> = {
  __neg__: (call) => negated(self(call), call),
  __invert__: (call) => not(self(call), call),
  __getitem__: getItem,
  __setitem__: setItem,
  __setattr__: setAttribute,
  __getattr__: attributeOf,
  __call__: (call) => {
    const { trace } = sessionOf(call.interpreter);
    const op = trace?.opOf(self(call));
    return trace && op?.kind === 'opaque'
      ? trace.opaque(op.reason, call.positional, call.site)
      : call.interpreter.unknown('a tensor', 'cannot be called');
  },
  __iter__: elements,
  __bool__: (call) => {
    const known = number(call);
    return known.type === 'unknown' ? known : bool(numberOf(known) !== 0);
  },
  __deepcopy__: duplicate,
  __float__: number,
  __int__: number,
  item: number,
  tolist: toList,
  numpy: self,
  requires_grad_: self,
  retain_grad: () => none,
  register_hook: (call) => {
    sessionOf(call.interpreter).trace?.assume('A hook on gradients is not followed.', call.site);
    return none;
  },
  backward: () => none,
  is_contiguous: () => bool(true),
  is_floating_point: (call) =>
    bool((numberKindOf(self(call), sessionOf(call.interpreter).trace) ?? 'float') === 'float'),
  is_complex: () => bool(false),
};

/** Puts the methods into `torch.Tensor`. */
export function installTensorMethods(): void {
  const members = new Map<string, Value>();
  const add = (name: string, call: (call: Call) => Value): void => {
    members.set(name, builtin(name, call, true));
  };
  for (const [name, definition] of Object.entries(tensorFunctions))
    if (!(name in turning)) add(name, (call) => applyTensorFunction(name, definition, call));
  for (const name of inPlaceNames) add(name, (call) => changeInPlace(name, call));
  for (const [name, query] of Object.entries(sizeQueries))
    add(name, (call) => query(shapeOfTensor(call.positional[0], call), call));
  for (const [name, make] of Object.entries(makingMethods)) add(name, make);
  for (const [name, operator] of Object.entries(operators)) {
    add(`__${name}__`, arithmetic(operator, false));
    add(`__r${name}__`, arithmetic(operator, true));
    add(`__i${name}__`, (call) => augmented(operator, call));
  }
  for (const [name, operator] of Object.entries(comparisonOperators))
    add(name, (call) => tensorComparison(operator, self(call), call.positional[1] ?? none, call));
  for (const [name, call] of Object.entries(otherMethods)) add(name, call);
  tensorClass.attributes.fill(members);
}
