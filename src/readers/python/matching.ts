import { assign } from './assignment';
import { executeBranches, type BranchResult } from './branches';
import type { Interpreter } from './interpreter';
import { isInstance } from './instances';
import { equal } from './comparison';
import { isElements } from './operators';
import type { Scope } from './scope';
import type { Signal } from './signals';
import type { MatchCase, Pattern, StatementOf } from './syntax';
import { testOf } from './tests';
import { DictValue, ListValue, type UnknownValue, type Value } from './values';

/** `match`: the first case that fits. Where that is not known, both that one and the ones after it are followed. */
export function executeMatch(
  interpreter: Interpreter,
  statement: StatementOf<'match'>,
  scope: Scope,
  rest: () => Signal | undefined,
): BranchResult {
  const subject = interpreter.evaluate(statement.subject, scope);
  const { source } = interpreter.site;
  const site = { source, start: statement.subject.start, end: statement.subject.end };
  const from = (index: number): BranchResult => {
    const one = statement.cases[index];
    if (!one) return { signal: undefined, restIncluded: false };
    interpreter.site = site;
    const fits = fitsCase(interpreter, one, subject, scope);
    if (fits === false) return from(index + 1);
    const then = (): Signal | undefined => interpreter.execute(one.body, scope);
    if (fits === true) return { signal: then(), restIncluded: false };
    return executeBranches(interpreter, { condition: fits, site, then, otherwise: () => from(index + 1).signal, rest });
  };
  return from(0);
}

type Fit = boolean | UnknownValue;

function fitsCase(interpreter: Interpreter, { pattern, guard }: MatchCase, subject: Value, scope: Scope): Fit {
  const fit = fits(interpreter, pattern, subject, scope);
  if (fit === false || !guard) return fit;
  const guarded = testOf(interpreter, guard, scope);
  return guarded === false ? false : fit === true ? guarded : fit;
}

function fits(interpreter: Interpreter, pattern: Pattern, subject: Value, scope: Scope): Fit {
  switch (pattern.kind) {
    case 'value':
      return equal(interpreter, subject, interpreter.evaluate(pattern.value, scope));
    case 'capture':
    case 'star':
      bindName(interpreter, pattern.name, subject, scope);
      return true;
    case 'either': {
      let doubt: UnknownValue | undefined;
      for (const one of pattern.patterns) {
        const fit = fits(interpreter, one, subject, scope);
        if (fit === true) return true;
        if (fit !== false) doubt ??= fit;
      }
      return doubt ?? false;
    }
    case 'sequence':
      return fitsSequence(interpreter, pattern.items, subject, scope);
    case 'mapping':
      return fitsMapping(interpreter, pattern, subject, scope);
    case 'class':
      return fitsClass(interpreter, pattern, subject, scope);
    case 'as': {
      const fit = fits(interpreter, pattern.pattern, subject, scope);
      if (fit !== false) bindName(interpreter, pattern.name, subject, scope);
      return fit;
    }
    case 'unsupported':
      return interpreter.unknown(pattern.what, 'is not understood');
  }
}

function bindName(interpreter: Interpreter, name: string | undefined, value: Value, scope: Scope): void {
  if (name === undefined) return;
  const { start, end } = interpreter.site;
  assign(interpreter, { kind: 'name', name, start, end }, value, scope);
}

/** All of the parts must fit; the first that does not decides. */
function all(parts: Iterable<Fit>): Fit {
  let doubt: UnknownValue | undefined;
  for (const part of parts) {
    if (part === false) return false;
    if (part !== true) doubt ??= part;
  }
  return doubt ?? true;
}

function fitsSequence(interpreter: Interpreter, items: readonly Pattern[], subject: Value, scope: Scope): Fit {
  if (subject.type === 'unknown') return subject;
  if (subject.type !== 'tuple' && subject.type !== 'list') return false;
  const elements = interpreter.iterate(subject);
  if (!isElements(elements)) return elements;
  const star = items.findIndex(({ kind }) => kind === 'star');
  if (star < 0 ? elements.length !== items.length : elements.length < items.length - 1) return false;
  const after = items.length - star - 1;
  return all(
    items.map((item, index): Fit => {
      if (index === star) {
        const part = new ListValue(elements.slice(star, elements.length - after));
        return fits(interpreter, item, part, scope);
      }
      const element = elements[star >= 0 && index > star ? elements.length - (items.length - index) : index];
      return element !== undefined && fits(interpreter, item, element, scope);
    }),
  );
}

function fitsMapping(
  interpreter: Interpreter,
  { entries, rest }: Extract<Pattern, { kind: 'mapping' }>,
  subject: Value,
  scope: Scope,
): Fit {
  if (subject.type === 'unknown') return subject;
  if (subject.type !== 'dict') return false;
  if (subject.taint) return subject.taint;
  const remaining = new DictValue(new Map(subject.entries));
  const fit = all(
    entries.map(({ key, pattern }): Fit => {
      const wanted = interpreter.evaluate(key, scope);
      const value = subject.get(wanted);
      remaining.remove(wanted);
      return value !== undefined && fits(interpreter, pattern, value, scope);
    }),
  );
  if (fit !== false) bindName(interpreter, rest, remaining, scope);
  return fit;
}

/** `Point(x, y=0)`: an instance of the class whose attributes fit; positions are named by `__match_args__`. */
function fitsClass(
  interpreter: Interpreter,
  pattern: Extract<Pattern, { kind: 'class' }>,
  subject: Value,
  scope: Scope,
): Fit {
  const cls = interpreter.evaluate(pattern.cls, scope);
  const is = isInstance(interpreter, subject, cls);
  if (is !== true) return is;
  const names = interpreter.findAttribute(cls, '__match_args__');
  const listed = names?.type === 'tuple' ? names.items : [];
  // A built-in type with one position takes the value itself: `int(x)`.
  const itself = cls.type === 'class' && cls.site === undefined && listed.length === 0;
  const attribute = (name: string, part: Pattern): Fit => {
    const value = interpreter.findAttribute(subject, name);
    return value !== undefined && fits(interpreter, part, value, scope);
  };
  return all([
    ...pattern.positional.map((part, index): Fit => {
      if (itself) return fits(interpreter, part, subject, scope);
      const name = listed[index];
      return name?.type === 'str'
        ? attribute(name.value, part)
        : interpreter.unknown('case …(…)', 'asks for a position that is not named');
    }),
    ...pattern.keywords.map(({ name, pattern: part }) => attribute(name, part)),
  ]);
}
