import type { ModuleValue, Value } from '../values';

/** A module of ours; its members are made when it is first asked for one. */
export function moduleOf(name: string, members: () => Readonly<Record<string, Value>>): ModuleValue {
  let made: ReadonlyMap<string, Value> | undefined;
  const table = (): ReadonlyMap<string, Value> => (made ??= new Map(Object.entries(members())));
  return { type: 'module', name, get: (member) => table().get(member), names: () => table().keys() };
}
