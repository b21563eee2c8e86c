import type { Expression, Statement } from '../python/syntax';
import type { Range } from '../text/source';
import { memberOf, roleOfClass } from './classes';
import { combined, evaluate } from './expressions';
import { callLibrary } from './library';
import { applyLoss } from './losses';
import { callMethod } from './methods';
import { execute, turnsGradientsOff } from './statements';
import {
  joined,
  madeIn,
  noneThing,
  tensorsIn,
  valuesOf,
  type ClassThing,
  type FunctionThing,
  type MadeThing,
  type Thing,
} from './things';
import { deepestCalls, type Frame, type Walk } from './walk';

/** What a call is given. */
export interface Arguments {
  readonly positional: readonly Thing[];
  readonly keywords: ReadonlyMap<string, Thing>;
  /** How they are written, by place or name. */
  readonly expressions: ReadonlyMap<string | number, Expression>;
  /** There may be more, in `*args` or `**kwargs`. */
  readonly hidden: boolean;
  /** The call. */
  readonly range: Range;
}

/** An argument by its name, or by its place where it has one. */
export function argument({ positional, keywords }: Arguments, name: string, place?: number): Thing | undefined {
  return keywords.get(name) ?? (place === undefined ? undefined : positional[place]);
}

export const allArguments = ({ positional, keywords }: Arguments): readonly Thing[] => [
  ...positional,
  ...keywords.values(),
];

export function call(walk: Walk, callee: Thing, given: Arguments): Thing {
  switch (callee.kind) {
    case 'function':
      return callFunction(walk, callee, given);
    case 'class':
      return instantiate(walk, callee, given);
    case 'library':
      return callLibrary(walk, callee.path, given);
    case 'method':
      return callMethod(walk, callee, given);
    case 'made':
      return callThing(walk, callee.things, given);
    case 'loss':
      return applyLoss(walk, callee.loss, given);
    default:
      return handOver(walk, given);
  }
}

/** Follow a function of the file, unless it is open already. */
export function callFunction(walk: Walk, callee: FunctionThing, given: Arguments): Thing {
  const { syntax, body, parameters, self, names } = callee;
  if (syntax) {
    walk.called.add(syntax);
    if (walk.open.includes(syntax) || walk.open.length >= deepestCalls) return handOver(walk, given);
  }
  const frame: Frame = { names: walk.scopeIn(names), returns: [] };
  const positional = self ? [self, ...given.positional] : given.positional;
  for (const [place, { name, kind, fallback }] of parameters.entries()) {
    if (kind === 'star') frame.names.own.set(name, { kind: 'list', items: positional.slice(place) });
    else if (kind === 'doubleStar') frame.names.own.set(name, { kind: 'dict', entries: given.keywords });
    else {
      const value =
        (kind === 'positional' ? positional[place] : undefined) ??
        given.keywords.get(name) ??
        (fallback ? evaluate(walk, fallback, { names, returns: [] }) : undefined);
      walk.assign(frame.names, name, value ?? { kind: 'made', things: [walk.make(undefined)] });
    }
  }
  if (!isBlock(body)) return evaluate(walk, body, frame);
  const run = (): void => void execute(walk, body, frame);
  if (syntax) walk.open.push(syntax);
  try {
    const off = syntax?.decorators.find((decorator) => turnsGradientsOff(walk, decorator, { names, returns: [] }));
    if (off) walk.noGradients(off, run);
    else run();
  } finally {
    if (syntax) walk.open.pop();
  }
  return frame.returns.length === 0 ? noneThing : frame.returns.reduce(joined);
}

function isBlock(body: FunctionThing['body']): body is readonly Statement[] {
  return Array.isArray(body);
}

/** Make an instance of a class of the file. */
export function instantiate(walk: Walk, cls: ClassThing, given: Arguments): Thing {
  walk.called.add(cls.syntax);
  const object = walk.make(roleOfClass(cls), undefined, cls);
  const self: Thing = { kind: 'made', things: [object] };
  const constructor = memberOf(walk, cls, '__init__', self);
  if (constructor?.kind === 'function') callFunction(walk, constructor, given);
  else for (const [name, value] of given.keywords) walk.assignAttribute(object, name, value);
  if (object.role === 'optimizer') walk.addOptimizer(object, cls.syntax.name, given.range);
  return self;
}

/** `model(x)`, and every other thing that can be called. */
function callThing(walk: Walk, things: readonly MadeThing[], given: Arguments): Thing {
  const [first] = things;
  const own =
    first?.cls && first.role !== 'model' ? memberOf(walk, first.cls, '__call__', { kind: 'made', things }) : undefined;
  if (own?.kind === 'function') return callFunction(walk, own, given);
  const targets = things.map(({ id }) => id);
  walk.act({ kind: 'forward', targets }, given.range);
  const handed = allArguments(given);
  if (
    handed.some(
      (thing) =>
        madeIn(thing).length > 0 && thing.kind === 'made' && thing.things.some(({ role }) => role === 'optimizer'),
    )
  )
    return handOver(walk, given);
  const inputs = handed.flatMap((thing) => tensorsIn(thing));
  const isModel = things.every(({ role, variable }) => role === 'model' || /model|net/i.test(variable ?? ''));
  if (!isModel) return inputs.length > 0 ? combined(walk, inputs) : walk.tensor({ grad: 'unknown' });
  return walk.tensor({
    grad: 'yes',
    from: valuesOf(inputs),
    output: { models: targets, passages: [] },
  });
}

/**
 * Code that is not followed gets things: it may do anything to them.
 * @param path what it is, where that is known
 */
export function handOver(walk: Walk, given: Arguments, receiver?: Thing, path?: string): Thing {
  const things = [...(receiver ? [receiver] : []), ...allArguments(given)];
  const made = things.flatMap((thing) => madeIn(thing));
  const tensors = things.flatMap((thing) => tensorsIn(thing));
  const targets = [...new Set(made.filter(({ role }) => role !== undefined).map(({ id }) => id))];
  const values = valuesOf(tensors);
  if (targets.length > 0 || tensors.length > 0) walk.act({ kind: 'handedOver', targets, values }, given.range);
  if (tensors.length > 0) return walk.tensor({ grad: 'unknown', from: values });
  return { kind: 'made', things: [walk.make(undefined, path)] };
}
