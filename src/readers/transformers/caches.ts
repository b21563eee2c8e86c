import { builtinClass, type Methods } from '../python/classes';
import { objectClass } from '../python/library/types';
import { bool, DictValue, int, none, tuple, type Call, type ClassValue, type Value } from '../python/values';

/**
 * Caches of keys and values, which speed up the generation of text: at the first step, which is what is read, they are empty, and
 * give back what they are given.
 */
const methods: Methods = {
  update: ({ positional: [, keys = none, values = none] }) => tuple([keys, values]),
  get_seq_length: () => int(0),
  get_usable_length: () => int(0),
  get_max_length: () => none,
  get_max_cache_shape: () => none,
  to_legacy_cache: ({ positional: [self = none] }) => self,
  __len__: () => int(0),
  __bool__: () => bool(true),
};

const cacheClass = builtinClass('Cache', [objectClass], methods);
cacheClass.attributes.fill(
  new Map<string, Value>([...cacheClass.attributes.entries(), ['is_compileable', bool(false)]]),
);

const subclasses = ['DynamicCache', 'StaticCache', 'SlidingWindowCache', 'HybridCache', 'OffloadedCache'];

/** One cache for the tokens, one for what a decoder attends to. */
const encoderDecoderCache = builtinClass('EncoderDecoderCache', [cacheClass], {
  __init__: ({ positional: [self, own, cross], interpreter }: Call): Value => {
    const parts: Readonly<Record<string, Value>> = {
      self_attention_cache: own ?? interpreter.apply(cacheClass),
      cross_attention_cache: cross ?? interpreter.apply(cacheClass),
      is_updated: new DictValue(),
    };
    for (const [name, value] of Object.entries(parts)) if (self) interpreter.setAttribute(self, name, value);
    return none;
  },
});

export const cacheClasses: Readonly<Record<string, ClassValue>> = {
  Cache: cacheClass,
  EncoderDecoderCache: encoderDecoderCache,
  ...Object.fromEntries(subclasses.map((name) => [name, builtinClass(name, [cacheClass], {})])),
};
