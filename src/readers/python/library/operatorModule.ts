import { builtin } from '../classes';
import { compare } from '../comparison';
import { binary, negate } from '../operators';
import type { BinaryOperator, ComparisonOperator } from '../syntax';
import { getItem, setItem } from '../subscripts';
import { bool, none, tuple, type Call, type Value } from '../values';
import { moduleOf } from './module';

const operations: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and_: '&',
  or_: '|',
  xor: '^',
  concat: '+',
};

const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  is_: 'is',
  is_not: 'is not',
};

/** What picks one thing, or several as a tuple. */
const picking =
  (pick: (object: Value, what: Value, call: Call) => Value) =>
  ({ positional: wanted }: Call): Value =>
    builtin('getter', (call) => {
      const [object = none] = call.positional;
      const picked = wanted.map((one) => pick(object, one, call));
      return picked.length === 1 ? (picked[0] ?? none) : tuple(picked);
    });

const others: Readonly<Record<string, (call: Call) => Value>> = {
  contains: ({ positional: [container = none, item = none], interpreter }) =>
    compare(interpreter, 'in', item, container),
  neg: ({ positional: [value = none], interpreter }) => negate(interpreter, value),
  not_: ({ positional: [value = none], interpreter }) => {
    const truth = interpreter.truth(value);
    return typeof truth === 'boolean' ? bool(!truth) : truth;
  },
  truth: ({ positional: [value = none], interpreter }) => {
    const truth = interpreter.truth(value);
    return typeof truth === 'boolean' ? bool(truth) : truth;
  },
  getitem: ({ positional: [object = none, index = none], interpreter }) => getItem(interpreter, object, index),
  setitem: ({ positional: [object = none, index = none, value = none], interpreter }) => {
    setItem(interpreter, object, index, value);
    return none;
  },
  itemgetter: picking((object, what, { interpreter }) => getItem(interpreter, object, what)),
  attrgetter: picking((object, what, { interpreter }) =>
    what.type === 'str'
      ? what.value.split('.').reduce((inner, name) => interpreter.getAttribute(inner, name), object)
      : interpreter.unknown('attrgetter(…)', 'asks for a name that is not known'),
  ),
  methodcaller: ({ positional: [name = none, ...given], keywords }) =>
    builtin('methodcaller', ({ positional: [object = none], interpreter }) =>
      name.type === 'str'
        ? interpreter.call(interpreter.getAttribute(object, name.value), { positional: given, keywords })
        : interpreter.unknown('methodcaller(…)', 'asks for a name that is not known'),
    ),
  index: ({ positional: [value = none] }) => value,
};

export const operatorModule = moduleOf('operator', () => ({
  ...Object.fromEntries(
    Object.entries(operations).map(([name, operator]) => [
      name,
      builtin(name, ({ positional: [a = none, b = none], interpreter }) => binary(interpreter, operator, a, b)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(comparisons).map(([name, operator]) => [
      name,
      builtin(name, ({ positional: [a = none, b = none], interpreter }) => compare(interpreter, operator, a, b)),
    ]),
  ),
  ...Object.fromEntries(Object.entries(others).map(([name, call]) => [name, builtin(name, call)])),
}));
