import type { Interpreter } from '../python/interpreter';
import { asLimit } from '../evaluation/limits';
import { Raised } from '../python/raised';
import type { Scope } from '../python/scope';
import { lineText, type Range, type Site } from '../text/source';
import { findInClass } from '../python/attributes';
import { noKeywords } from '../python/interpreter';
import { isSubclass, type ClassValue, type FunctionValue, type InstanceValue, type Value } from '../python/values';
import type { Directive } from './comment';
import { sequentialClass } from './layers/containers';
import { childrenOf, isModule, moduleClass, moduleState } from './module';
import type { Session } from './session';

/** A model that is to be read: the instance, its name, and where its lens stands. */
export interface Root {
  readonly instance: InstanceValue;
  readonly name: string;
  readonly site: Site;
}

/** What code is tried with that nobody promises to be right. */
export interface Attempting {
  readonly interpreter: Interpreter;
  readonly session: Session;
  /** Gives every attempt a budget of its own. */
  readonly refill: () => void;
}

/** All that the search for models works with. */
export interface Search extends Attempting {
  readonly scope: Scope;
  readonly directives: readonly Directive[];
}

/**
 * Which models a file holds: those it makes when it is run, those that its functions without arguments make, and the classes
 * that are not made anywhere. What is only a part of another model is none of its own.
 */
export function findRoots(search: Search): readonly Root[] {
  const { session } = search;
  const named = new Map<InstanceValue, Root>();
  for (const directive of search.directives) makeAsTold(search, directive);
  for (const maker of makersOf(search)) {
    const made = attempt(search, () => search.interpreter.apply(maker), maker.site);
    if (isModule(made) && isWorthReading(made) && !named.has(made))
      named.set(made, {
        instance: made,
        name: maker.name,
        site: { ...maker.site, ...(maker.syntax?.nameRange ?? {}) },
      });
  }
  for (const cls of [...classesOf(search)].reverse()) {
    if (session.made.some((instance) => instance.cls === cls) || !canBeRead(search, cls)) continue;
    attempt(
      search,
      () => search.interpreter.call(cls, { positional: [], keywords: noKeywords }),
      cls.site ?? search.interpreter.site,
    );
  }
  const parts = new Set(session.made.flatMap((module) => childrenOf(module).map(([, child]) => child)));
  return session.made.flatMap((instance): readonly Root[] => {
    if (parts.has(instance) || !isWorthReading(instance)) return [];
    const root = named.get(instance) ?? rootOf(search, instance);
    return root ? [root] : [];
  });
}

/** Classes of the source, and containers: a lone `nn.ReLU()` is not a model. */
function isWorthReading(instance: InstanceValue): boolean {
  if (moduleState(instance)?.loss) return false;
  return instance.cls.site !== undefined
    ? findInClass(instance.cls, 'forward') !== undefined || moduleState(instance)?.lower !== undefined
    : instance.cls === sequentialClass;
}

/** A model whose class comes from another file stands where this file names it, or makes it. */
function rootOf({ session }: Search, instance: InstanceValue): Root | undefined {
  const { cls } = instance;
  if (cls.site?.source === session.main) return { instance, name: cls.name, site: cls.site };
  const binding = session.bindings.get(instance);
  if (binding?.target.source === session.main) return { instance, name: binding.name, site: binding.target };
  return cls.site && instance.site.source === session.main
    ? { instance, name: cls.name, site: instance.site }
    : undefined;
}

/** The value that code makes; undefined, and a note of why, where it raises or does not come to its end. */
export function attempt(search: Attempting, make: () => Value, site: Site): Value | undefined {
  search.refill();
  search.interpreter.site = site;
  try {
    return make();
  } catch (error) {
    const limit = asLimit(error);
    if (error instanceof Raised) search.session.note('contradiction', error.message, error.site);
    else if (limit) search.session.note('notUnderstood', `Not read to the end: ${limit.message}.`, site);
    else throw error;
    return undefined;
  }
}

/** `# gradlens: Model(dim=256)` */
function makeAsTold(search: Search, directive: Directive): void {
  const { model } = directive;
  if (!model) return;
  const site = { source: search.interpreter.site.source, start: directive.start, end: directive.end };
  const made = attempt(search, () => search.interpreter.evaluate(model, search.scope), site);
  if (!isModule(made)) search.session.note('notUnderstood', 'This comment does not make a model.', site);
}

/** Functions of the module that nobody calls, that need no arguments, and that make a model: `def resnet18(): …`. */
function makersOf({ interpreter, session, scope }: Search): readonly FunctionValue[] {
  const models = [...scope.variables.entries()].flatMap(([name, value]) =>
    value.type === 'class' && isSubclass(value, moduleClass) ? [name] : [],
  );
  const words = [...models, 'Sequential'];
  const makes = (maker: FunctionValue): boolean => {
    const text = maker.site.source.slice(maker.site);
    return words.some((word) => mentionsCall(text, word));
  };
  return [...scope.variables.entries()].flatMap(([, value]) => {
    if (value.type !== 'function' || !value.syntax || value.site.source !== session.main) return [];
    if (interpreter.called.has(value.syntax) || value.broken) return [];
    const needs = value.parameters.some(
      (parameter) => !parameter.fallback && parameter.kind !== 'star' && parameter.kind !== 'doubleStar',
    );
    return !needs && makes(value) ? [value] : [];
  });
}

/** Whether another model makes instances of this class: it is read as a part of that, or of nothing. */
function isPartOfAnother(search: Search, cls: ClassValue): boolean {
  return classesOf(search).some((other) => {
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

function classesOf({ session, scope }: Search): readonly ClassValue[] {
  return [...scope.variables.entries()].flatMap(([, value]) =>
    value.type === 'class' && value.site?.source === session.main && isSubclass(value, moduleClass) ? [value] : [],
  );
}

/** A class with a `forward`, that parses; a base that needs arguments is read through the classes that derive from it. */
function canBeRead(search: Search, cls: ClassValue): boolean {
  if (cls.syntax?.broken && cls.site) {
    search.session.note(
      'notUnderstood',
      `\`${cls.name}\` (${lineText(cls.site)}) has a syntax error: it is not judged.`,
      cls.site,
    );
    return false;
  }
  const forward = findInClass(cls, 'forward');
  const native = cls.order.some((base) => base === sequentialClass);
  if (forward?.type !== 'function' && !native) return false;
  if (isPartOfAnother(search, cls)) return false;
  const constructor = findInClass(cls, '__init__');
  const needs =
    constructor?.type === 'function' &&
    constructor.parameters.slice(1).some((parameter) => !parameter.fallback && parameter.kind === 'positional');
  return !(needs && classesOf(search).some((other) => other !== cls && isSubclass(other, cls)));
}
