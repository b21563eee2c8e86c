import type { Interpreter } from '../python/interpreter';
import { asLimit } from '../evaluation/limits';
import { Raised } from '../python/raised';
import type { ModuleScope } from '../python/scope';
import type { Note } from '../../network';
import { lineText, type Range, type Site, type SourceText } from '../text/source';
import { findInClass } from '../python/attributes';
import { noKeywords } from '../python/interpreter';
import { isSubclass, type ClassValue, type FunctionValue, type InstanceValue, type Value } from '../python/values';
import type { Directive } from './directive';
import type { FrameworkReading } from './framework';

/** A model that is to be read: the instance, its name, and where its lens stands. */
export interface Root {
  readonly instance: InstanceValue;
  readonly name: string;
  readonly site: Site;
}

/** What code is tried with that nobody promises to be right. */
export interface Attempting {
  readonly interpreter: Interpreter;
  readonly readings: readonly FrameworkReading[];
  /** Gives every attempt a budget of its own. */
  readonly refill: () => void;
  readonly note: (kind: Note['kind'], message: string, site: Site) => void;
}

/** All that the search for models works with. */
export interface Search extends Attempting {
  readonly source: SourceText;
  readonly scope: ModuleScope;
  readonly directives: readonly Directive[];
}

/** A root and the framework that it is of. */
export interface FoundRoot extends Root {
  readonly reading: FrameworkReading;
  /** Of a class that nothing in the file makes: the arguments that it was made without. */
  readonly openArguments: readonly string[];
}

/**
 * Which models a file holds: those it makes when it is run, those that its functions without arguments make, and the classes
 * that are not made anywhere. What is only a part of another model is none of its own.
 */
export function findRoots(search: Search): readonly FoundRoot[] {
  const { interpreter, readings } = search;
  const named = new Map<InstanceValue, Root>();
  for (const directive of search.directives) makeAsTold(search, directive);
  for (const maker of makersOf(search)) {
    const model = attempt(search, () => interpreter.apply(maker), maker.site);
    const reading = readings.find((one) => one.isModel(model));
    if (reading?.isModel(model) && reading.isWorthReading(model) && !named.has(model))
      named.set(model, {
        instance: model,
        name: maker.name,
        site: { ...maker.site, ...(maker.syntax?.nameRange ?? {}) },
      });
  }
  return readings.flatMap((reading) => rootsOf(search, reading, named));
}

function rootsOf(
  search: Search,
  reading: FrameworkReading,
  named: ReadonlyMap<InstanceValue, Root>,
): readonly FoundRoot[] {
  const { interpreter } = search;
  const { made } = reading.session;
  const openArguments = new Map<ClassValue, readonly string[]>();
  for (const cls of [...classesOf(search, reading)].reverse()) {
    if (made.some((instance) => instance.cls === cls) || !canBeRead(search, reading, cls)) continue;
    const site = cls.site ?? interpreter.site;
    openArguments.set(cls, neededBy(cls));
    attempt(search, () => interpreter.call(cls, { positional: [], keywords: noKeywords }), site);
  }
  const parts = new Set(made.flatMap((model) => reading.partsOf(model)));
  return made.flatMap((instance): readonly FoundRoot[] => {
    if (parts.has(instance) || !reading.isWorthReading(instance)) return [];
    const root = named.get(instance) ?? rootOf(search.source, reading, instance);
    return root ? [{ ...root, reading, openArguments: openArguments.get(instance.cls) ?? [] }] : [];
  });
}

/** A model whose class comes from another file stands where this file names it, or makes it. */
function rootOf(main: SourceText, { session }: FrameworkReading, instance: InstanceValue): Root | undefined {
  const { cls } = instance;
  if (cls.site?.source === main) return { instance, name: cls.name, site: cls.site };
  const binding = session.bindings.get(instance);
  if (binding?.target.source === main) return { instance, name: binding.name, site: binding.target };
  return cls.site && instance.site.source === main ? { instance, name: cls.name, site: instance.site } : undefined;
}

/** The value that code makes; undefined, and a note of why, where it raises or does not come to its end. */
export function attempt(
  { interpreter, readings, refill, note }: Attempting,
  make: () => Value,
  site: Site,
): Value | undefined {
  refill();
  interpreter.site = site;
  const apart = readings.reduce<() => Value | undefined>(
    (run, reading) => (reading.apart ? () => reading.apart?.(run) : run),
    make,
  );
  try {
    return apart();
  } catch (error) {
    const limit = asLimit(error);
    if (error instanceof Raised) note('contradiction', error.message, error.site);
    else if (limit) note('notUnderstood', `Not read to the end: ${limit.message}.`, site);
    else throw error;
    return undefined;
  }
}

/** `# gradlens: Model(dim=256)` */
function makeAsTold(search: Search, directive: Directive): void {
  const { model } = directive;
  if (!model) return;
  const site = { source: search.source, start: directive.start, end: directive.end };
  const made = attempt(search, () => search.interpreter.evaluate(model, search.scope), site);
  if (!search.readings.some((reading) => reading.isModel(made)))
    search.note('notUnderstood', 'This comment does not make a model.', site);
}

/** Functions of the module that nobody calls, that need no arguments, and that make a model: `def resnet18(): …`. */
function makersOf({ interpreter, readings, source, scope }: Search): readonly FunctionValue[] {
  const models = [...scope.variables.entries()].flatMap(([name, value]) =>
    value.type === 'class' && readings.some(({ modelClass }) => isSubclass(value, modelClass)) ? [name] : [],
  );
  const words = [...models, ...new Set(readings.flatMap(({ makers }) => makers))];
  const mentionsOne = (text: string): boolean => words.some((word) => mentionsCall(text, word));
  for (const { section, text } of interpreter.modules.waiting(scope))
    if (section.name !== undefined && mentionsOne(text)) scope.lookup(section.name);
  return [...scope.variables.entries()].flatMap(([, value]) => {
    if (value.type !== 'function' || !value.syntax || value.site.source !== source) return [];
    if (interpreter.called.has(value.syntax) || value.broken) return [];
    const needs = value.parameters.some(
      (parameter) => !parameter.fallback && parameter.kind !== 'star' && parameter.kind !== 'doubleStar',
    );
    return !needs && mentionsOne(value.site.source.slice(value.site)) ? [value] : [];
  });
}

/** Whether another model makes instances of this class: it is read as a part of that, or of nothing. */
function isPartOfAnother(search: Search, reading: FrameworkReading, cls: ClassValue): boolean {
  return classesOf(search, reading).some((other) => {
    const { site } = other;
    return other !== cls && site !== undefined && mentionsCall(site.source.slice(syntaxRange(other)), cls.name);
  });
}

/** Whether a text calls something of this name, which is not the end of a longer name. */
function mentionsCall(text: string, name: string): boolean {
  const call = `${name}(`;
  for (let at = text.indexOf(call); at >= 0; at = text.indexOf(call, at + 1))
    if (!isPartOfName(text.charAt(at - 1))) return true;
  return false;
}

function isPartOfName(character: string): boolean {
  return (
    character === '_' || character.toLowerCase() !== character.toUpperCase() || (character >= '0' && character <= '9')
  );
}

function syntaxRange({ syntax, site }: ClassValue): Range {
  return { start: syntax?.body[0]?.start ?? site?.end ?? 0, end: syntax?.body.at(-1)?.end ?? site?.end ?? 0 };
}

function classesOf({ source, scope }: Search, { modelClass }: FrameworkReading): readonly ClassValue[] {
  return [...scope.variables.entries()].flatMap(([, value]) =>
    value.type === 'class' && value.site?.source === source && isSubclass(value, modelClass) ? [value] : [],
  );
}

/** A class that computes something and parses; a base that needs arguments is read through the classes that derive from it. */
function canBeRead(search: Search, reading: FrameworkReading, cls: ClassValue): boolean {
  if (cls.syntax?.broken && cls.site) {
    const message = `\`${cls.name}\` (${lineText(cls.site)}) has a syntax error: it is not judged.`;
    search.note('notUnderstood', message, cls.site);
    return false;
  }
  if (findInClass(cls, reading.method)?.type !== 'function' && !reading.computes(cls)) return false;
  if (isPartOfAnother(search, reading, cls)) return false;
  const needs = neededBy(cls).length > 0;
  return !(needs && classesOf(search, reading).some((other) => other !== cls && isSubclass(other, cls)));
}

/** The arguments that a class cannot be made without. */
function neededBy(cls: ClassValue): readonly string[] {
  const constructor = findInClass(cls, '__init__');
  if (constructor?.type !== 'function') return [];
  return constructor.parameters
    .slice(1)
    .flatMap(({ name, fallback, kind }) => (fallback || kind === 'star' || kind === 'doubleStar' ? [] : [name]));
}
