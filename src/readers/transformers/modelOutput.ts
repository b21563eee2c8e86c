import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { getItem } from '../python/subscripts';
import { bool, int, ListValue, none, text, tuple, type Call, type InstanceValue, type Value } from '../python/values';

/**
 * `ModelOutput`: what a model gives, by names and by places. As in `transformers`, a field that is None has no place. Classes of it
 * are dataclasses of the source.
 */
export const modelOutputClass = builtinClass('ModelOutput', [objectClass], {
  __init__: ({ positional: [self], keywords, interpreter }) => {
    for (const [name, value] of keywords) if (self) interpreter.setAttribute(self, name, value);
    return none;
  },
  __getitem__: ({ positional: [self, index = none], interpreter }) => {
    const fields = fieldsOf(self);
    if (index.type !== 'str') return getItem(interpreter, tuple([...fields.values()]), index);
    return (
      fields.get(index.value) ?? interpreter.unknown(`[${index.value}]`, 'is a part of the output that is not there')
    );
  },
  __setitem__: ({ positional: [self, name, value], interpreter }) => {
    if (self && name?.type === 'str' && value) interpreter.setAttribute(self, name.value, value);
    return none;
  },
  __contains__: ({ positional: [self, name] }) => bool(name?.type === 'str' && fieldsOf(self).has(name.value)),
  __len__: ({ positional: [self] }) => int(fieldsOf(self).size),
  __iter__: (call) => keys(call),
  get: ({ positional: [self, name, fallback = none] }) =>
    (name?.type === 'str' ? fieldsOf(self).get(name.value) : undefined) ?? fallback,
  keys: (call) => keys(call),
  values: (call) => new ListValue([...fieldsOf(call.positional[0]).values()]),
  items: (call) => new ListValue([...fieldsOf(call.positional[0])].map(([name, value]) => tuple([text(name), value]))),
  to_tuple: ({ positional: [self] }) => asTuple(self),
});

const keys = ({ positional: [self] }: Call): Value => new ListValue([...fieldsOf(self).keys()].map(text));

/** The fields that are not None, in the order in which the class declares them. */
function fieldsOf(output: Value | undefined): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>();
  for (const [name, value] of output?.type === 'instance' ? output.attributes.entries() : [])
    if (value.type !== 'none') fields.set(name, value);
  return fields;
}

/** What a model gives that is asked for a tuple (`return_dict=False`). */
export function asTuple(output: Value | undefined): Value {
  return tuple([...fieldsOf(output).values()]);
}

export function isModelOutput(value: Value): value is InstanceValue {
  return value.type === 'instance' && value.cls.order.includes(modelOutputClass);
}
