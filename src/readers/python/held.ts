import { DictValue, ListValue, SetValue, type Value } from './values';

/** What an instance of a class is that derives from `dict`, `list` or `set`: it has their elements and their methods. */
export function heldBy(value: Value): DictValue | ListValue | SetValue | undefined {
  if (value.type !== 'instance') return undefined;
  const { native } = value;
  return native instanceof DictValue || native instanceof ListValue || native instanceof SetValue ? native : undefined;
}

/** The dict that a value is or has. */
export function mappingOf(value: Value): DictValue | undefined {
  const held = value.type === 'dict' ? value : heldBy(value);
  return held?.type === 'dict' ? held : undefined;
}
