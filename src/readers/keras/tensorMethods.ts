import { isKnown, type Dim } from '../../network';
import { toDim } from '../frameworks/sizes';
import { builtin } from '../python/classes';
import type { BinaryOperator } from '../python/syntax';
import { bool, int, none, numberOf, text, tuple, type Call, type SliceValue, type Value } from '../python/values';
import { notKnown } from '../kerasLayers/initializers';
import { kerasSession } from './session';
import { applyTensorFunction } from './ops/define';
import { tensorArithmetic } from './ops/arithmetic';
import { tensorFunctions } from './ops/table';
import { Recording } from './recording';
import { fromKerasShape } from './sizes';
import { shapeOf, symbolic, tensorClass, variableState } from './tensor';

const operators: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  pow: '**',
  matmul: '@',
};

const comparisons: Readonly<Record<string, string>> = {
  lt: 'less',
  le: 'less_equal',
  gt: 'greater',
  ge: 'greater_equal',
};

/** `x[:, 0]`, `x[..., :3]`, `x[:, tf.newaxis]`: parts of a tensor. */
export function partOf(self: Value, index: Value, recording: Recording): Value {
  const shape = shapeOf(self);
  const picks = index.type === 'tuple' ? index.items : [index];
  if (!shape) return recording.opaque('A part is taken of a tensor whose axes are not known.', [self]);
  const taking = picks.filter((pick) => pick.type !== 'none' && !isEllipsis(pick)).length;
  let at = recording.natural(self);
  let axis = 0;
  for (const pick of picks) {
    if (isEllipsis(pick)) axis += shape.length - taking;
    else if (pick.type === 'none') at = recording.step({ kind: 'unsqueeze', axis: axis++ }, [at]);
    else if (pick.type === 'slice') {
      const bounds = boundsOf(pick);
      if (!bounds) return recording.opaque('A part of a tensor is taken here whose bounds are not known.', [self]);
      const whole = bounds.start === 0 && bounds.end === undefined && bounds.step === 1;
      if (!whole) at = recording.step({ kind: 'slice', axis, ...bounds }, [at]);
      axis++;
    } else {
      const place = numberOf(pick);
      if (place === undefined)
        return recording.opaque('A part of a tensor is taken here whose place is not known.', [self]);
      const end = place === -1 ? {} : { end: place + 1 };
      at = recording.step({ kind: 'slice', axis, start: place, ...end, step: 1 }, [at]);
      at = recording.step({ kind: 'squeeze', axes: [axis] }, [at]);
    }
  }
  return recording.tensor(at);
}

function isEllipsis(value: Value): boolean {
  return value.type === 'ellipsis';
}

function boundsOf({ lower, upper, step }: SliceValue): { start: Dim; end?: Dim; step: number } | undefined {
  const by = step.type === 'none' ? 1 : numberOf(step);
  if (by === undefined || by < 1) return undefined;
  const start = lower.type === 'none' ? 0 : toDim(lower);
  if (upper.type === 'none') return { start, step: by };
  const end = toDim(upper);
  return isKnown(start) || isKnown(end) ? { start, end, step: by } : undefined;
}

function attributeOf(call: Call): Value {
  const [self = none, name = none] = call.positional;
  if (name.type !== 'str') return none;
  const shape = shapeOf(self);
  switch (name.value) {
    case 'shape':
      return shape ? fromKerasShape(shape) : call.interpreter.unknown('shape', 'is not known here');
    case 'ndim':
    case 'rank':
      return shape ? int(shape.length) : call.interpreter.unknown('ndim', 'is not known here');
    case 'dtype':
      return text('float32');
    case 'name': {
      const { op } = symbolic(self)?.step ?? {};
      return text(op?.kind === 'input' ? op.name : (variableState(self)?.path.split('/').at(-1) ?? 'tensor'));
    }
    case 'path':
      return text(variableState(self)?.path ?? '');
    case 'trainable':
      return bool(variableState(self)?.trained ?? false);
    case '_keras_history':
      return symbolic(self) ? tuple([none, int(0), int(0)]) : none;
    default:
      return call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not followed');
  }
}

/** `variable.assign(…)`: what it is drawn from is not known any more. Inside of a `call` it keeps a count or a state. */
function assign(call: Call): Value {
  const [self = none] = call.positional;
  const variable = variableState(self);
  if (variable && !kerasSession(call.interpreter).owner) {
    call.interpreter.journal.beforeChange(variable);
    variable.draw = notKnown('a value is assigned to it');
  }
  return self;
}

/** What a tensor does with operators, comparisons and an index. @param record how what they add is recorded */
export function operatorMethods(record: (call: Call) => Recording): ReadonlyMap<string, Value> {
  const members = new Map<string, Value>();
  const add = (name: string, call: (call: Call, recording: Recording) => Value): void => {
    members.set(
      name,
      builtin(name, (used) => call(used, record(used)), true),
    );
  };
  const arithmetic = (name: string, operator: BinaryOperator, reflected: boolean): void =>
    add(name, (call, recording) => {
      const [self = none, other = none] = call.positional;
      const [left, right] = reflected ? [other, self] : [self, other];
      return tensorArithmetic(operator, left, right, call, recording);
    });
  for (const [name, operator] of Object.entries(operators)) {
    arithmetic(`__${name}__`, operator, false);
    arithmetic(`__r${name}__`, operator, true);
    arithmetic(`__i${name}__`, operator, false);
  }
  for (const [name, spelled] of Object.entries(comparisons)) {
    const definition = tensorFunctions[spelled];
    if (definition) add(`__${name}__`, (call, recording) => applyTensorFunction(spelled, definition, call, recording));
  }
  add('__neg__', (call, recording) => tensorArithmetic('*', call.positional[0] ?? none, int(-1), call, recording));
  add('__getitem__', ({ positional: [self = none, index = none] }, recording) => partOf(self, index, recording));
  return members;
}

/** Puts the methods into `keras.KerasTensor`. */
export function installTensorMethods(): void {
  const members = new Map(operatorMethods((call) => new Recording(call, false)));
  const add = (name: string, call: (call: Call) => Value): void => {
    members.set(name, builtin(name, call, true));
  };
  add('__getattr__', attributeOf);
  for (const name of ['assign', 'assign_add', 'assign_sub']) add(name, assign);
  add('numpy', (call) => call.interpreter.unknown('.numpy()', 'is not followed'));
  add('read_value', ({ positional: [self = none] }) => self);
  tensorClass.attributes.fill(members);
}
