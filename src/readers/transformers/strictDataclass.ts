import { builtin } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import { dataclassesModule } from '../python/library/dataclasses';
import { bool, none, type Call, type ClassValue, type InstanceValue, type Value } from '../python/values';

/**
 * `huggingface_hub.dataclasses.strict`: the checks that it adds are not made; but what `accept_kwargs=True` lets through beside the
 * fields is handed to `__post_init__`.
 */
export const strict = builtin('strict', (call) => {
  const [given] = call.positional;
  if (given) return given;
  const accepts = call.interpreter.truth(call.keywords.get('accept_kwargs') ?? bool(false)) === true;
  return builtin('strict', ({ positional: [cls = none], interpreter }) => {
    if (accepts && cls.type === 'class') acceptKeywords(cls, interpreter);
    return cls;
  });
});

function acceptKeywords(cls: ClassValue, { journal }: Interpreter): void {
  const initialise = (call: Call): Value => {
    const [self] = call.positional;
    if (self?.type === 'instance') fill(self, cls, call);
    return none;
  };
  cls.attributes.set('__init__', builtin('__init__', initialise, true), journal);
}

function fill(self: InstanceValue, cls: ClassValue, { keywords, hidden, interpreter }: Call): void {
  const declared = interpreter.findAttribute(cls, '__dataclass_fields__');
  const more = new Map(keywords);
  for (const [key, field] of declared?.type === 'dict' ? declared.entries.values() : []) {
    if (key.type !== 'str') continue;
    more.delete(key.value);
    const value =
      keywords.get(key.value) ?? (hidden && { ...hidden, symbol: key.value }) ?? defaultOf(field, interpreter);
    if (value) interpreter.setAttribute(self, key.value, value);
  }
  const after = interpreter.findAttribute(self, '__post_init__');
  if (after) interpreter.call(after, { positional: [], keywords: more, hidden });
}

function defaultOf(field: Value, interpreter: Interpreter): Value | undefined {
  const missing = dataclassesModule.get('MISSING');
  const [plain, factory] = ['default', 'default_factory'].map((name) => interpreter.findAttribute(field, name));
  if (plain && plain !== missing) return plain;
  return factory && factory !== missing ? interpreter.apply(factory) : undefined;
}
