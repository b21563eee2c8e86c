import type { Argument, Expression, ExpressionOf, StatementOf } from '../python/syntax';
import { call, type Arguments } from './calls';
import { memberOf } from './classes';
import { assign } from './statements';
import { joined, madeIn, noneThing, nothingKnown, tensorsIn, valuesOf, type TensorThing, type Thing } from './things';
import type { Frame, Walk } from './walk';

/** What an expression stands for; what it does is done in its order. */
export function evaluate(walk: Walk, expression: Expression, frame: Frame): Thing {
  switch (expression.kind) {
    case 'name':
      return frame.names.get(expression.name) ?? { kind: 'library', path: `builtins.${expression.name}` };
    case 'literal':
      return literal(expression.value);
    case 'formatted':
      for (const part of expression.parts) if (typeof part !== 'string') evaluate(walk, part.value, frame);
      return nothingKnown;
    case 'sequence':
      return { kind: 'list', items: evaluateAll(walk, expression.items, frame) };
    case 'dict':
      return dict(walk, expression, frame);
    case 'attribute':
      return attribute(walk, evaluate(walk, expression.object, frame), expression.name);
    case 'subscript':
      return element(evaluate(walk, expression.object, frame), evaluate(walk, expression.index, frame), walk);
    case 'slice':
      evaluateAll(walk, [expression.lower, expression.upper, expression.step], frame);
      return nothingKnown;
    case 'call':
      return callExpression(walk, expression, frame);
    case 'unary': {
      const operand = evaluate(walk, expression.operand, frame);
      if (operand.kind === 'number' && expression.operator === '-') return { kind: 'number', value: -operand.value };
      return operand.kind === 'tensor' ? combined(walk, [operand]) : nothingKnown;
    }
    case 'binary':
      return binary(
        walk,
        expression.operator,
        evaluate(walk, expression.left, frame),
        evaluate(walk, expression.right, frame),
      );
    case 'logical':
      return joined(
        evaluate(walk, expression.left, frame),
        walk.perhaps(() => evaluate(walk, expression.right, frame)),
      );
    case 'comparison':
      evaluateAll(walk, expression.operands, frame);
      return nothingKnown;
    case 'conditional':
      evaluate(walk, expression.test, frame);
      return joined(
        walk.perhaps(() => evaluate(walk, expression.then, frame)),
        walk.perhaps(() => evaluate(walk, expression.otherwise, frame)),
      );
    case 'lambda':
      return {
        kind: 'function',
        name: '',
        parameters: expression.parameters,
        body: expression.body,
        syntax: undefined,
        names: frame.names,
        self: undefined,
      };
    case 'comprehension':
      return comprehension(walk, expression, frame);
    case 'walrus': {
      const value = evaluate(walk, expression.value, frame);
      walk.assign(frame.names, expression.name, value);
      return value;
    }
    case 'star':
    case 'await':
      return evaluate(walk, expression.value, frame);
    case 'yield':
      if (expression.value) evaluate(walk, expression.value, frame);
      return nothingKnown;
    case 'unsupported':
      return nothingKnown;
  }
}

export function evaluateAll(walk: Walk, expressions: readonly (Expression | undefined)[], frame: Frame): Thing[] {
  return expressions.flatMap((expression) => (expression ? [evaluate(walk, expression, frame)] : []));
}

function literal(value: ExpressionOf<'literal'>['value']): Thing {
  switch (value.type) {
    case 'int':
    case 'float':
      return { kind: 'number', value: value.value };
    case 'str':
      return { kind: 'text', value: value.value };
    case 'bool':
      return { kind: 'bool', value: value.value };
    case 'none':
      return noneThing;
    case 'ellipsis':
      return nothingKnown;
  }
}

function dict(walk: Walk, { entries }: ExpressionOf<'dict'>, frame: Frame): Thing {
  const known = new Map<string, Thing>();
  for (const { key, value } of entries) {
    const name = key && evaluate(walk, key, frame);
    const thing = evaluate(walk, value, frame);
    known.set(name?.kind === 'text' ? name.value : `<${known.size}>`, thing);
  }
  return { kind: 'dict', entries: known };
}

/** `object.name`, not called. */
export function attribute(walk: Walk, object: Thing, name: string): Thing {
  switch (object.kind) {
    case 'library':
      return { kind: 'library', path: `${object.path}.${name}` };
    case 'tensor':
      if (name === 'shape' || name === 'device' || name === 'dtype' || name === 'grad') return nothingKnown;
      return walk.tensor({ grad: name === 'data' ? 'no' : object.grad, from: valuesOf([object]) });
    case 'made':
      return object.things.map((one) => attributeOf(walk, one, name)).reduce(joined);
    case 'dict':
      return object.entries.get(name) ?? { kind: 'method', receiver: object, name };
    default:
      return { kind: 'method', receiver: object, name };
  }
}

function attributeOf(walk: Walk, object: Extract<Thing, { kind: 'made' }>['things'][number], name: string): Thing {
  const self: Thing = { kind: 'made', things: [object] };
  const own = object.attributes.get(name) ?? (object.cls && memberOf(walk, object.cls, name, self));
  if (own) return own;
  if (object.role === 'model' && name === 'module') return self;
  if (object.role !== undefined && object.role !== 'model') return { kind: 'method', receiver: self, name };
  const part: Thing = { kind: 'made', things: [walk.make(undefined, object.path && `${object.path}.${name}`)] };
  walk.assignAttribute(object, name, part);
  return part;
}

function element(object: Thing, index: Thing, walk: Walk): Thing {
  if (object.kind === 'tensor')
    return walk.tensor({
      grad: object.grad,
      from: valuesOf([object]),
      ...(object.output && { output: object.output }),
    });
  if (object.kind === 'list' && index.kind === 'number') return object.items.at(index.value) ?? nothingKnown;
  if (object.kind === 'dict' && index.kind === 'text') return object.entries.get(index.value) ?? nothingKnown;
  return iterated(walk, object);
}

/** What a loop over something gets. */
export function iterated(walk: Walk, items: Thing): Thing {
  const held = items.kind === 'list' ? items.items : items.kind === 'unknown' ? items.holds : [];
  if (items.kind === 'dict' || held.length === 0) return nothingKnown;
  return held.reduce(joined);
}

/** How often a loop over `items` runs, where that is known: `range(10)`. */
export function roundsOf(items: Thing, iterable: Expression, walk: Walk, frame: Frame): number | undefined {
  if (items.kind === 'list') return items.items.length;
  if (iterable.kind !== 'call' || iterable.callee.kind !== 'name') return undefined;
  const values = iterable.arguments.map(({ value }) => value);
  const [first, second] = values;
  if (!first || !['range', 'trange', 'tqdm'].includes(iterable.callee.name)) return undefined;
  if (iterable.callee.name === 'tqdm') return roundsOf(nothingKnown, first, walk, frame);
  const numbers = [first, second].map((value) => value && quietNumber(value, frame));
  const [from, to] = numbers[1] === undefined ? [0, numbers[0]] : [numbers[0], numbers[1]];
  return from === undefined || to === undefined || (second && numbers[1] === undefined) ? undefined : to - from;
}

/** A number that is written or named, without doing anything. */
function quietNumber(expression: Expression, { names }: Frame): number | undefined {
  if (expression.kind === 'literal')
    return 'value' in expression.value && typeof expression.value.value === 'number'
      ? expression.value.value
      : undefined;
  const thing = expression.kind === 'name' ? names.get(expression.name) : undefined;
  if (thing) return thing.kind === 'number' ? thing.value : undefined;
  if (expression.kind !== 'attribute' || expression.object.kind !== 'name') return undefined;
  const object = names.get(expression.object.name);
  const value = object?.kind === 'made' ? object.things[0]?.attributes.get(expression.name) : undefined;
  return value?.kind === 'number' ? value.value : undefined;
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

function binary(walk: Walk, operator: string, left: Thing, right: Thing): Thing {
  if (left.kind === 'number' && right.kind === 'number') {
    const value = operations[operator]?.(left.value, right.value);
    return value === undefined ? nothingKnown : { kind: 'number', value };
  }
  if (left.kind === 'list' && right.kind === 'list' && operator === '+')
    return { kind: 'list', items: [...left.items, ...right.items] };
  if (left.kind === 'parameters' && right.kind === 'parameters')
    return { kind: 'parameters', models: [...left.models, ...right.models], all: left.all && right.all };
  const tensors = [left, right].filter((one) => one.kind === 'tensor');
  return tensors.length > 0 ? combined(walk, tensors, left.kind === right.kind) : nothingKnown;
}

/** A tensor that is computed of others. What is divided by a number is still what it was, to a scale. */
export function combined(walk: Walk, things: readonly Thing[], mixed = true): TensorThing {
  const tensors = things.flatMap((thing) => tensorsIn(thing));
  const grads = tensors.map(({ grad }) => grad);
  const [only] = tensors;
  return walk.tensor({
    grad: grads.includes('yes') ? 'yes' : grads.includes('unknown') ? 'unknown' : 'no',
    from: valuesOf(tensors),
    ...(!mixed && only?.scaled === true && { scaled: true }),
  });
}

/** `total += loss`: a total that was a number or a sum before keeps the graph of what is added. */
export function addInPlace(walk: Walk, statement: StatementOf<'augmented'>, frame: Frame): Thing {
  const { target, operator, value } = statement;
  const before = evaluate(walk, target, frame);
  const added = evaluate(walk, value, frame);
  const result = binary(walk, operator, before, added);
  if (result.kind !== 'tensor' || operator !== '+' || before.kind !== 'number' || before.value !== 0) return result;
  for (const tensor of tensorsIn(added))
    if (tensor.grad === 'yes')
      walk.act({ kind: 'keep', value: tensor.value, total: result.value, kept: walk.source.span(value) }, statement);
  return result;
}

function comprehension(
  walk: Walk,
  { clauses, element: item, key }: ExpressionOf<'comprehension'>,
  frame: Frame,
): Thing {
  const inner: Frame = { ...frame, names: walk.scopeIn(frame.names) };
  for (const { target, iterable, conditions } of clauses) {
    assign(walk, target, iterated(walk, evaluate(walk, iterable, inner)), inner);
    evaluateAll(walk, conditions, inner);
  }
  if (key) evaluate(walk, key, inner);
  return { kind: 'unknown', holds: [evaluate(walk, item, inner)] };
}

function callExpression(walk: Walk, expression: ExpressionOf<'call'>, frame: Frame): Thing {
  walk.spend();
  const { callee, arguments: given } = expression;
  const called =
    callee.kind === 'attribute'
      ? method(walk, evaluate(walk, callee.object, frame), callee.name)
      : evaluate(walk, callee, frame);
  return call(walk, called, argumentsOf(walk, given, frame, expression));
}

/** `object.name`, to be called. */
function method(walk: Walk, object: Thing, name: string): Thing {
  if (object.kind === 'library' || object.kind === 'dict') return attribute(walk, object, name);
  if (object.kind === 'made')
    for (const one of object.things) {
      const own =
        one.attributes.get(name) ?? (one.cls && memberOf(walk, one.cls, name, { kind: 'made', things: [one] }));
      if (own) return own;
    }
  return { kind: 'method', receiver: object, name };
}

function argumentsOf(
  walk: Walk,
  given: readonly Argument[],
  frame: Frame,
  expression: ExpressionOf<'call'>,
): Arguments {
  const positional: Thing[] = [];
  const keywords = new Map<string, Thing>();
  const expressions = new Map<string | number, Expression>();
  let hidden = false;
  for (const { kind, name, value } of given) {
    const thing = evaluate(walk, value, frame);
    if (kind === 'positional') {
      expressions.set(positional.length, value);
      positional.push(thing);
    } else if (kind === 'keyword' && name !== undefined) {
      expressions.set(name, value);
      keywords.set(name, thing);
    } else if (kind === 'star' && thing.kind === 'list') positional.push(...thing.items);
    else if (kind === 'doubleStar' && thing.kind === 'dict')
      for (const [key, one] of thing.entries) keywords.set(key, one);
    else {
      hidden = true;
      positional.push(...madeIn(thing).map((one): Thing => ({ kind: 'made', things: [one] })));
    }
  }
  return { positional, keywords, expressions, hidden, range: expression };
}
