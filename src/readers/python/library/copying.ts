import { builtin } from '../classes';
import { DictValue, InstanceValue, ListValue, none, SetValue, tuple, type Call, type Value } from '../values';
import { moduleOf } from './module';

/** Copies what is reachable from a value; what is met twice is copied once. */
function deepCopy(value: Value, call: Call, copies = new Map<Value, Value>()): Value {
  const copied = copies.get(value);
  if (copied) return copied;
  call.interpreter.budget.spend();
  const below = (inner: Value): Value => deepCopy(inner, call, copies);
  switch (value.type) {
    case 'tuple':
      return tuple(value.items.map(below), value.fields, value.cls);
    case 'list': {
      const copy = new ListValue([]);
      copies.set(value, copy);
      copy.items = value.items.map(below);
      copy.taint = value.taint;
      return copy;
    }
    case 'dict': {
      const copy = new DictValue();
      copies.set(value, copy);
      for (const [hash, [key, item]] of value.entries) copy.entries.set(hash, [key, below(item)]);
      Object.assign(copy, { taint: value.taint, factory: value.factory, cls: value.cls });
      return copy;
    }
    case 'set':
      return shallowCopy(value, call);
    case 'instance': {
      const own = call.interpreter.findAttribute(value.cls, '__deepcopy__');
      if (own && own.type !== 'unknown') return remember(copies, value, call.interpreter.apply(own, value));
      const copy = new InstanceValue(value.cls, value.site, nativeCopy(value, below));
      copies.set(value, copy);
      for (const [name, item] of value.attributes.entries())
        copy.attributes.set(name, below(item), call.interpreter.journal);
      return copy;
    }
    default:
      return value;
  }
}

/** What an instance holds that derives from `dict` is copied with it; the state of other classes of ours is shared. */
function nativeCopy({ native }: InstanceValue, below: (inner: Value) => Value): InstanceValue['native'] {
  return native instanceof DictValue || native instanceof ListValue || native instanceof SetValue
    ? below(native)
    : native;
}

function remember(copies: Map<Value, Value>, original: Value, copy: Value): Value {
  copies.set(original, copy);
  return copy;
}

function shallowCopy(value: Value, { interpreter }: Call): Value {
  switch (value.type) {
    case 'list': {
      const copy = new ListValue([...value.items]);
      copy.taint = value.taint;
      return copy;
    }
    case 'dict': {
      const copy = new DictValue(new Map(value.entries));
      Object.assign(copy, { taint: value.taint, factory: value.factory, cls: value.cls });
      return copy;
    }
    case 'set': {
      const copy = new SetValue(new Map(value.items));
      copy.taint = value.taint;
      return copy;
    }
    case 'instance': {
      // A plain object of the source; what is one of ours is taken as it is.
      if (value.native && !(value.native instanceof DictValue)) return value;
      const own = interpreter.findAttribute(value, '__copy__');
      if (own && own.type !== 'unknown') return interpreter.apply(own);
      const copy = new InstanceValue(
        value.cls,
        value.site,
        nativeCopy(value, (inner) => inner),
      );
      for (const [name, item] of value.attributes.entries()) copy.attributes.set(name, item, interpreter.journal);
      return copy;
    }
    default:
      return value;
  }
}

export const copyModule = moduleOf('copy', () => ({
  deepcopy: builtin('deepcopy', (call) => deepCopy(call.positional[0] ?? none, call)),
  copy: builtin('copy', (call) => shallowCopy(call.positional[0] ?? none, call)),
}));
