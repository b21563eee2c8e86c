import { findInClass } from './attributes';
import { newInstance } from './classes';
import { heldBy } from './held';
import type { Interpreter } from './interpreter';
import { objectMembers } from './objectMembers';
import { Scope } from './scope';
import { joinValues } from './sameness';
import { isPerhaps, type Signal } from './signals';
import { lineText } from '../text/source';
import type { Statement } from './syntax';
import { shownSymbolOf, symbolOf } from './truth';
import {
  DictValue,
  isSubclass,
  IteratorValue,
  ListValue,
  none,
  shownSymbol,
  text,
  tuple,
  unknown,
  type Call,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type UnknownValue,
  type Value,
} from './values';
import { Variables } from './variables';

/** Call whatever can be called. What cannot, or is not known, gives an unknown value. */
export function callValue(interpreter: Interpreter, callee: Value, call: Call): Value {
  interpreter.budget.spend();
  switch (callee.type) {
    case 'function':
      return callFunction(interpreter, callee, call);
    case 'builtin':
      return callee.call(call);
    case 'method':
      return callValue(interpreter, callee.callee, { ...call, positional: [callee.receiver, ...call.positional] });
    case 'class':
      return instantiate(interpreter, callee, call);
    case 'staticmethod':
    case 'classmethod':
      return callValue(interpreter, callee.callee, call);
    case 'instance': {
      const own = interpreter.findSpecial(callee, '__call__');
      if (own && own.type !== 'unknown') return callValue(interpreter, own, call);
      return callUnknown(
        interpreter,
        unknown(callee.cls.name, 'cannot be called, as far as is known', call.site),
        call,
      );
    }
    case 'unknown':
      return callUnknown(interpreter, callee, call);
    default:
      return interpreter.unknown(symbolOf(callee), 'cannot be called');
  }
}

function callUnknown(interpreter: Interpreter, callee: UnknownValue, call: Call): Value {
  const answer = interpreter.host.unknownCall?.(callee, call);
  if (answer) return answer;
  const shown = [
    ...call.positional.map(shownSymbolOf),
    ...[...call.keywords].map(([name, value]) => `${name}=${shownSymbolOf(value)}`),
  ];
  return { ...callee, symbol: `${shownSymbol(callee.symbol)}(${shown.join(', ').slice(0, 60)})` };
}

/** Calls of one function inside each other that are followed where it is not known whether they happen. */
const deepestDoubtful = 3;

function callFunction(interpreter: Interpreter, callee: FunctionValue, call: Call): Value {
  if (callee.broken) return interpreter.unknown(`${callee.name}()`, 'has a syntax error');
  if (interpreter.depth >= interpreter.budget.limits.depth)
    return interpreter.unknown(`${callee.name}()`, 'calls itself too deeply to be followed');
  const open = interpreter.open.get(callee.body);
  // On a way that may not be taken at all, a recursion need not be followed to its end.
  if (open && open.calls >= deepestDoubtful && interpreter.journal.depth > open.doubts)
    return interpreter.unknown(`${callee.name}()`, 'calls itself as often as is not known');
  const scope = new Scope('function', callee.scope, undefined, {
    owner: callee.owner,
    receiver: call.positional[0],
  });
  interpreter.modules.used(callee.site.source);
  bindParameters(interpreter, callee, call, scope);
  const { site, statement, scope: outer } = interpreter;
  if (callee.syntax) interpreter.called.add(callee.syntax);
  interpreter.scope = scope;
  interpreter.depth++;
  interpreter.open.set(callee.body, {
    calls: (open?.calls ?? 0) + 1,
    doubts: open?.doubts ?? interpreter.journal.depth,
  });
  try {
    if (!isBlock(callee.body)) {
      interpreter.site = callee.site;
      return interpreter.evaluate(callee.body, scope);
    }
    if (callee.generator) scope.variables.set(yielded, new ListValue([]), interpreter.journal);
    interpreter.site = callee.site;
    const signal = interpreter.execute(callee.body, scope);
    if (callee.generator) return generated(scope.variables.get(yielded));
    return returned(signal);
  } finally {
    if (open) interpreter.open.set(callee.body, open);
    else interpreter.open.delete(callee.body);
    interpreter.depth--;
    interpreter.scope = outer;
    interpreter.site = site;
    interpreter.statement = statement;
  }
}

/** What a function gives that may have come to its end without a `return`. */
function returned(signal: Signal | undefined): Value {
  if (isPerhaps(signal))
    return signal.leaving.kind === 'return' ? joinValues(signal.leaving.value, none, signal.doubt) : none;
  return signal?.kind === 'return' ? signal.value : none;
}

/** A generator that has been run to its end: what it yields, to be taken one by one. */
function generated(collected: Value | undefined): Value {
  if (collected?.type !== 'list') return none;
  const generator = new IteratorValue(collected.items);
  generator.taint = collected.taint;
  return generator;
}

/** The name under which a generator's scope collects what it yields. No Python name can be spelled so. */
export const yielded = '<yielded>';

function isBlock(body: FunctionValue['body']): body is readonly Statement[] {
  return Array.isArray(body);
}

function bindParameters(interpreter: Interpreter, callee: FunctionValue, call: Call, scope: Scope): void {
  const { journal } = interpreter;
  // Most calls have none: then nothing is to be taken out.
  const keywords = call.keywords.size > 0 ? new Map(call.keywords) : undefined;
  let next = 0;
  for (const parameter of callee.parameters) {
    const { name } = parameter;
    let value: Value | undefined;
    if (parameter.kind === 'star') {
      value = call.hidden ? { ...call.hidden, symbol: name } : tuple(call.positional.slice(next));
      next = call.positional.length;
    } else if (parameter.kind === 'doubleStar') {
      value = keywordsAsDict(keywords ?? call.keywords);
    } else {
      if (parameter.kind === 'positional' && next < call.positional.length) value = call.positional[next++];
      value ??= keywords?.get(name);
      keywords?.delete(name);
      value ??= call.hidden && { ...call.hidden, symbol: name };
      value ??= callee.fallbacks.get(name);
      value ??= {
        ...unknown(name, `is an argument of \`${callee.name}\` without a default`, callee.site),
        subject: name,
      };
    }
    if (name !== '') scope.variables.set(name, value, journal);
  }
}

function keywordsAsDict(keywords: ReadonlyMap<string, Value>): DictValue {
  return new DictValue(new Map([...keywords].map(([name, value]) => [`s${name}`, [text(name), value] as const])));
}

/** Make an instance: `__new__`, state of ours, then `__init__`. */
function instantiate(interpreter: Interpreter, cls: ClassValue, call: Call): Value {
  if (cls.syntax?.broken && cls.site)
    return interpreter.unknown(cls.name, `has a syntax error (class on ${lineText(cls.site)})`);
  const found = findInClass(cls, '__new__');
  const maker = found === objectMembers['__new__'] ? undefined : found;
  const given = { ...call, positional: [cls, ...call.positional] };
  const instance = newInstance(cls, call.site);
  // A class of the source that derives from `dict` has its elements, and is not one itself.
  if (maker?.type === 'builtin' && !(cls.site && heldBy(instance))) return maker.call(given);
  if (maker && maker.type !== 'builtin') {
    const made = callValue(interpreter, maker.type === 'staticmethod' ? maker.callee : maker, given);
    if (made.type === 'instance' && isSubclass(made.cls, cls)) initialise(interpreter, made, call);
    return made;
  }
  initialise(interpreter, instance, call);
  return instance;
}

function initialise(interpreter: Interpreter, instance: InstanceValue, call: Call): void {
  const constructor = findInClass(instance.cls, '__init__');
  const run = (): void => {
    if (constructor) callValue(interpreter, constructor, { ...call, positional: [instance, ...call.positional] });
  };
  if (interpreter.host.construct) interpreter.host.construct(instance, run);
  else run();
}

/** A function value for a `def` or a `lambda` met in `scope`; the defaults are evaluated here and now. */
export function makeFunction(
  interpreter: Interpreter,
  definition: Pick<FunctionValue, 'name' | 'parameters' | 'body' | 'generator' | 'broken' | 'syntax'>,
  scope: Scope,
  range: { readonly start: number; readonly end: number },
): FunctionValue {
  const fallbacks = new Map<string, Value>();
  for (const { name, fallback } of definition.parameters)
    if (fallback) fallbacks.set(name, interpreter.evaluate(fallback, scope));
  const site = { source: interpreter.site.source, start: range.start, end: range.end };
  const { name, parameters, body, generator, broken, syntax } = definition;
  return {
    type: 'function',
    name,
    parameters,
    body,
    generator,
    broken,
    syntax,
    fallbacks,
    scope,
    owner: scope.cls,
    site,
    attributes: new Variables(),
  };
}
