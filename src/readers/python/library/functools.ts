import { builtin, builtinClass } from '../classes';
import { isElements } from '../operators';
import { DictValue, none, text, tuple, type Call, type Value } from '../values';
import { moduleOf } from './module';
import { objectClass } from './types';

/** `functools.partial(f, …)`: an instance that remembers and calls. */
const partialClass = builtinClass('partial', [objectClass], {
  __init__: ({ positional: [self, callee = none, ...rest], keywords, hidden, interpreter }) => {
    if (self?.type !== 'instance') return none;
    const { journal } = interpreter;
    const given = new DictValue();
    for (const [name, value] of keywords) given.set(text(name), value);
    given.taint = hidden;
    self.attributes.set('func', callee, journal);
    self.attributes.set('args', tuple(rest), journal);
    self.attributes.set('keywords', given, journal);
    return none;
  },
  __call__: ({ positional: [self, ...rest], keywords, hidden, interpreter }) => {
    if (self?.type !== 'instance') return none;
    const [callee = none, early, named] = ['func', 'args', 'keywords'].map((name) => self.attributes.get(name));
    const given = new Map<string, Value>();
    if (named?.type === 'dict')
      for (const [key, value] of named.entries.values()) if (key.type === 'str') given.set(key.value, value);
    return interpreter.call(callee, {
      positional: [...(early?.type === 'tuple' ? early.items : []), ...rest],
      keywords: new Map([...given, ...keywords]),
      hidden: hidden ?? (named?.type === 'dict' ? named.taint : undefined),
    });
  },
});

/** A decorator that leaves what it decorates as it is; it may be called with settings first. */
export const leaving = (name: string): Value =>
  builtin(name, ({ positional: [given] }) =>
    given && isCallable(given) ? given : builtin(name, ({ positional: [inner = none] }) => inner),
  );

const isCallable = ({ type }: Value): boolean =>
  type === 'function' || type === 'builtin' || type === 'method' || type === 'class' || type === 'staticmethod';

/** `@wraps(original)`: the wrapper goes by the name of what it wraps. */
function wraps({ positional: [original = none] }: Call): Value {
  return builtin('wraps', ({ positional: [wrapper = none], interpreter }) => {
    if (wrapper.type !== 'function') return wrapper;
    interpreter.setAttribute(wrapper, '__wrapped__', original);
    for (const name of ['__name__', '__qualname__', '__module__']) {
      const value = interpreter.findAttribute(original, name);
      if (value) interpreter.setAttribute(wrapper, name, value);
    }
    return wrapper;
  });
}

export const functoolsModule = moduleOf('functools', () => ({
  partial: partialClass,
  partialmethod: partialClass,
  reduce: builtin('reduce', ({ positional: [callee = none, iterable = none, start], interpreter }) => {
    const elements = interpreter.iterate(iterable);
    if (!isElements(elements)) return elements;
    const all = start ? [start, ...elements] : elements;
    const [first, ...rest] = all;
    return rest.reduce((total, element) => interpreter.apply(callee, total, element), first ?? none);
  }),
  wraps: builtin('wraps', wraps),
  update_wrapper: builtin('update_wrapper', ({ positional: [wrapper = none] }) => wrapper),
  lru_cache: leaving('lru_cache'),
  cache: leaving('cache'),
  total_ordering: leaving('total_ordering'),
  cached_property: builtin('cached_property', ({ positional: [getter = none] }) => ({
    type: 'property',
    getter,
    cached: true,
  })),
}));
