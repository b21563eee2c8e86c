import type { Methods } from '../../python/classes';
import { isElements } from '../../python/operators';
import { sliceIndices } from '../../python/subscripts';
import {
  bool,
  InstanceValue,
  int,
  ListValue,
  none,
  numberOf,
  reasonOf,
  text,
  tuple,
  type Call,
  type ClassValue,
  type UnknownValue,
  type Value,
} from '../../python/values';
import { makeParameter } from '../factories';
import { isModule, ModuleState, moduleState, register } from '../module';
import { parameterState, tensorState } from '../tensor';
import { moduleSubclass } from './define';

type Held = readonly (readonly [name: string, value: Value])[];

/** What a container holds, in order; or why that is not known. */
function contents(container: InstanceValue): Held | UnknownValue {
  const { hidden } = moduleState(container) ?? {};
  if (hidden) return hidden;
  const held: (readonly [string, Value])[] = [];
  for (const [name, value] of container.attributes.entries()) {
    if (value.type === 'unknown') return value;
    if (isModule(value) || parameterState(value) || (value.type === 'none' && isPlace(name))) held.push([name, value]);
  }
  return held;
}

const isPlace = (name: string): boolean => Number.isInteger(Number(name));

function isContents(held: Held | UnknownValue): held is Held {
  return Array.isArray(held);
}

function owner(call: Call): InstanceValue | undefined {
  const [container] = call.positional;
  return container?.type === 'instance' ? container : undefined;
}

/** A method that works on what the container holds. */
const withContents =
  (compute: (held: Held, call: Call, container: InstanceValue) => Value) =>
  (call: Call): Value => {
    const container = owner(call);
    if (!container) return none;
    const held = contents(container);
    return isContents(held) ? compute(held, call, container) : held;
  };

function hide(container: InstanceValue, why: UnknownValue): void {
  const state = moduleState(container);
  if (state) state.hidden = why;
}

/** Lists and dicts of parameters make parameters of plain tensors. What is not known may be a module with parameters. */
function put(container: InstanceValue, name: string, value: Value, call: Call): void {
  if (value.type === 'unknown') hide(container, value);
  const plain = moduleState(container)?.holdsParameters === true && tensorState(value) && !parameterState(value);
  register(container, name, plain ? makeParameter({ ...call, positional: [value], keywords: new Map() }) : value, call);
}

function addAll(container: InstanceValue, value: Value | undefined, call: Call): void {
  if (!value) return;
  const elements = call.interpreter.iterate(value);
  if (!isElements(elements)) {
    hide(container, elements);
    return;
  }
  const held = contents(container);
  const first = isContents(held) ? held.length : 0;
  for (const [index, element] of elements.entries()) put(container, String(first + index), element, call);
}

function addNamed(container: InstanceValue, value: Value | undefined, call: Call): void {
  if (value?.type === 'dict' && !value.taint) {
    for (const [key, element] of value.entries.values()) {
      const name = keyName(key);
      if (name !== undefined) put(container, name, element, call);
    }
    return;
  }
  if (!value) return;
  const pairs = value.type === 'instance' ? itemsOf(value) : call.interpreter.iterate(value);
  if (!isElements(pairs)) {
    hide(container, pairs);
    return;
  }
  for (const pair of pairs) {
    const [key, element] = pair.type === 'tuple' || pair.type === 'list' ? pair.items : [];
    const name = key && keyName(key);
    if (name !== undefined && element) put(container, name, element, call);
  }
}

/** The pairs of another container. */
function itemsOf(container: InstanceValue): readonly Value[] | UnknownValue {
  const held = contents(container);
  return isContents(held) ? held.map(([name, value]) => tuple([text(name), value])) : held;
}

function keyName(key: Value): string | undefined {
  if (key.type === 'str') return key.value;
  return key.type === 'int' ? String(key.value) : undefined;
}

/** The name of the element at an index, which may count from the back. */
function nameAt(held: Held, index: Value): string | undefined {
  if (index.type === 'str') return index.value;
  const at = numberOf(index);
  return at === undefined ? undefined : held.at(at)?.[0];
}

/** Hold these elements instead, numbered in order. */
function refill(container: InstanceValue, elements: readonly Value[], call: Call): void {
  const held = contents(container);
  for (const [name] of isContents(held) ? held : []) container.attributes.delete(name, call.interpreter.journal);
  for (const [index, element] of elements.entries()) register(container, String(index), element, call);
}

/** A new container of the same class. */
function another(container: InstanceValue, elements: readonly Value[], call: Call): InstanceValue {
  const state = new ModuleState();
  const old = moduleState(container);
  state.lower = old?.lower;
  state.holdsParameters = old?.holdsParameters ?? false;
  const made = new InstanceValue(container.cls, call.site, state);
  for (const [index, element] of elements.entries()) register(made, String(index), element, call);
  return made;
}

const valuesOf = (held: Held): readonly Value[] => held.map(([, value]) => value);

/** Take the element at an index away. Gives it, if there is one. */
function take(held: Held, container: InstanceValue, index: Value, call: Call): Value | undefined {
  const name = nameAt(held, index);
  const place = held.findIndex(([own]) => own === name);
  const taken = held[place]?.[1];
  if (!taken) {
    hide(container, call.interpreter.unknown('del […]', 'takes away an element that is not known'));
    return undefined;
  }
  refill(container, valuesOf(held).toSpliced(place, 1), call);
  return taken;
}

const listMethods: Methods = {
  __len__: withContents((held) => int(held.length)),
  __iter__: withContents((held) => new ListValue([...valuesOf(held)])),
  __getitem__: withContents((held, call, container) => {
    const index = call.positional[1] ?? none;
    if (index.type === 'slice') {
      const places = sliceIndices(index, held.length);
      if (!places) return call.interpreter.unknown('[…:…]', 'is a part that is not known');
      return another(
        container,
        places.flatMap((place) => held[place]?.[1] ?? []),
        call,
      );
    }
    const name = nameAt(held, index);
    const element = name === undefined ? undefined : container.attributes.get(name);
    return element ?? call.interpreter.unknown(`${container.cls.name}[…]`, 'is an element that is not known');
  }),
  __setitem__: withContents((held, call, container) => {
    const [, index = none, value = none] = call.positional;
    const name = nameAt(held, index);
    if (name !== undefined) put(container, name, value, call);
    return none;
  }),
  __delitem__: withContents((held, call, container) => {
    const index = call.positional[1] ?? none;
    const places = index.type === 'slice' ? sliceIndices(index, held.length) : undefined;
    if (places)
      refill(
        container,
        valuesOf(held).filter((_, place) => !places.includes(place)),
        call,
      );
    else take(held, container, index, call);
    return none;
  }),
  __add__: withContents((held, call, container) => {
    const other = call.interpreter.iterate(call.positional[1] ?? none);
    return isElements(other) ? another(container, [...valuesOf(held), ...other], call) : other;
  }),
  __iadd__: (call) => {
    const container = owner(call);
    if (container) addAll(container, call.positional[1], call);
    return container ?? none;
  },
  __mul__: withContents((held, call, container) => {
    const times = numberOf(call.positional[1]);
    if (times === undefined)
      return call.interpreter.unknown(`${container.cls.name}*…`, 'is repeated an unknown number of times');
    return another(container, Array.from({ length: times }, () => valuesOf(held)).flat(), call);
  }),
  append: (call) => {
    const container = owner(call);
    const element = call.positional[1] ?? call.keywords.get('module') ?? none;
    if (container) addAll(container, tuple([element]), call);
    return container ?? none;
  },
  extend: (call) => {
    const container = owner(call);
    if (container) addAll(container, call.positional[1], call);
    return container ?? none;
  },
  insert: withContents((held, call, container) => {
    const [, at = none, element = none] = call.positional;
    const place = numberOf(at);
    if (place === undefined)
      hide(container, call.interpreter.unknown('insert(…)', 'puts an element at an unknown place'));
    else refill(container, valuesOf(held).toSpliced(place, 0, element), call);
    return container;
  }),
  pop: withContents(
    (held, call, container) =>
      take(held, container, call.positional[1] ?? int(-1), call) ?? call.interpreter.unknown('pop(…)', 'is not known'),
  ),
};

function containerClass(
  name: string,
  methods: Methods,
  initialise: (container: InstanceValue, call: Call, state: ModuleState) => void,
): ClassValue {
  return moduleSubclass(name, (call, container, state) => initialise(container, call, state), methods);
}

export const sequentialClass = containerClass('Sequential', listMethods, (container, call, state) => {
  const [, first, ...rest] = call.positional;
  if (call.hidden) hide(container, call.hidden);
  else if (first?.type === 'dict') addNamed(container, first, call);
  else if (first) addAll(container, tuple([first, ...rest]), call);
  state.lower = ({ trace, layer, inputs, site, call: use }) => {
    const held = contents(layer);
    if (!isContents(held))
      return trace.opaque(`What this Sequential holds is not known: ${reasonOf(held)}.`, inputs, site, layer);
    const [input] = inputs;
    return trace.within(layer, () =>
      held.reduce(
        (x, [, element]) => use.interpreter.apply(element, x),
        input ?? use.keywords.get('input') ?? use.interpreter.unknown('input', 'is missing'),
      ),
    );
  };
});

export const moduleListClass = containerClass('ModuleList', listMethods, (container, call) => {
  addAll(container, call.positional[1] ?? call.keywords.get('modules'), call);
});

const parameterList = containerClass('ParameterList', listMethods, (container, call, state) => {
  state.holdsParameters = true;
  addAll(container, call.positional[1] ?? call.keywords.get('values'), call);
});

const pairsOf = (held: Held): Value => new ListValue(held.map(([name, value]) => tuple([text(name), value])));

const dictMethods: Methods = {
  __len__: withContents((held) => int(held.length)),
  __iter__: withContents((held) => new ListValue(held.map(([name]) => text(name)))),
  __contains__: withContents((held, { positional: [, key] }) => {
    const name = key && keyName(key);
    return bool(held.some(([own]) => own === name));
  }),
  __getitem__: withContents((_held, { positional: [, key = none], interpreter }, container) => {
    const name = keyName(key);
    const element = name === undefined ? undefined : container.attributes.get(name);
    return element ?? interpreter.unknown(`${container.cls.name}[…]`, 'is an element that is not known');
  }),
  __setitem__: (call) => {
    const container = owner(call);
    const [, key = none, value = none] = call.positional;
    const name = keyName(key);
    if (container && name !== undefined) put(container, name, value, call);
    else if (container) hide(container, call.interpreter.unknown('[…] = …', 'sets a key that is not known'));
    return none;
  },
  __delitem__: (call) => {
    const name = keyName(call.positional[1] ?? none);
    if (name !== undefined) owner(call)?.attributes.delete(name, call.interpreter.journal);
    return none;
  },
  keys: withContents((held) => new ListValue(held.map(([name]) => text(name)))),
  values: withContents((held) => new ListValue([...valuesOf(held)])),
  items: withContents(pairsOf),
  get: withContents((held, { positional: [, key = none, fallback = none] }) => {
    const name = keyName(key);
    return held.find(([own]) => own === name)?.[1] ?? fallback;
  }),
  setdefault: withContents((held, call, container) => {
    const [, key = none, fallback = none] = call.positional;
    const name = keyName(key);
    const there = held.find(([own]) => own === name)?.[1];
    if (there || name === undefined) return there ?? none;
    put(container, name, fallback, call);
    return container.attributes.get(name) ?? none;
  }),
  pop: withContents((held, call, container) => {
    const name = keyName(call.positional[1] ?? none);
    const taken = held.find(([own]) => own === name)?.[1];
    if (name !== undefined) container.attributes.delete(name, call.interpreter.journal);
    return taken ?? call.positional[2] ?? call.interpreter.unknown('pop(…)', 'is not known');
  }),
  clear: withContents((held, call, container) => {
    for (const [name] of held) container.attributes.delete(name, call.interpreter.journal);
    return none;
  }),
  update: (call) => {
    const container = owner(call);
    if (container) addNamed(container, call.positional[1], call);
    return none;
  },
};

const moduleDict = containerClass('ModuleDict', dictMethods, (container, call) => {
  addNamed(container, call.positional[1] ?? call.keywords.get('modules'), call);
});

const parameterDict = containerClass('ParameterDict', dictMethods, (container, call, state) => {
  state.holdsParameters = true;
  addNamed(container, call.positional[1] ?? call.keywords.get('parameters'), call);
});

/** `nn.DataParallel(model)` and its like: the model under the name `module`. */
const wrapper = (name: string): ClassValue =>
  containerClass(name, {}, (container, call, state) => {
    const [, inner = none] = call.positional;
    register(container, 'module', inner, call);
    state.lower = ({ inputs, call: use, layer }) =>
      use.interpreter.call(layer.attributes.get('module') ?? none, { positional: inputs, keywords: use.keywords });
  });

export const containerClasses: Readonly<Record<string, ClassValue>> = {
  Sequential: sequentialClass,
  ModuleList: moduleListClass,
  ModuleDict: moduleDict,
  ParameterList: parameterList,
  ParameterDict: parameterDict,
  DataParallel: wrapper('DataParallel'),
  DistributedDataParallel: wrapper('DistributedDataParallel'),
};
