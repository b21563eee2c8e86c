import { builtinClass, type Methods } from '../../python/classes';
import { isElements } from '../../python/operators';
import { sliceIndices } from '../../python/subscripts';
import {
  InstanceValue,
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
import { isModule, moduleClass, ModuleState, moduleState, register } from '../module';
import { parameterState } from '../tensor';

/** What a container holds, in order; or why that is not known. */
function contents(container: InstanceValue): readonly (readonly [string, Value])[] | UnknownValue {
  const { hidden } = moduleState(container) ?? {};
  if (hidden) return hidden;
  const held: (readonly [string, Value])[] = [];
  for (const [name, value] of container.attributes.entries()) {
    if (value.type === 'unknown') return value;
    if (isModule(value) || parameterState(value)) held.push([name, value]);
  }
  return held;
}

function isContents(held: ReturnType<typeof contents>): held is readonly (readonly [string, Value])[] {
  return Array.isArray(held);
}

function owner(call: Call): InstanceValue | undefined {
  const [container] = call.positional;
  return container?.type === 'instance' ? container : undefined;
}

/** A method that works on what the container holds. */
const withContents =
  (compute: (held: readonly (readonly [string, Value])[], call: Call, container: InstanceValue) => Value) =>
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

function addAll(container: InstanceValue, value: Value | undefined, call: Call): void {
  if (!value) return;
  const elements = call.interpreter.iterate(value);
  if (!isElements(elements)) {
    hide(container, elements);
    return;
  }
  const held = contents(container);
  const first = isContents(held) ? held.length : 0;
  for (const [index, element] of elements.entries()) register(container, String(first + index), element, call);
}

function addNamed(container: InstanceValue, value: Value | undefined, call: Call): void {
  if (value?.type === 'dict' && !value.taint) {
    for (const [key, element] of value.entries.values())
      if (key.type === 'str') register(container, key.value, element, call);
    return;
  }
  if (!value) return;
  const pairs = call.interpreter.iterate(value);
  if (!isElements(pairs)) {
    hide(container, pairs);
    return;
  }
  for (const pair of pairs) {
    const [key, element] = pair.type === 'tuple' ? pair.items : [];
    if (key?.type === 'str' && element) register(container, key.value, element, call);
  }
}

/** The name of the element at an index, which may count from the back. */
function nameAt(held: readonly (readonly [string, Value])[], index: Value): string | undefined {
  if (index.type === 'str') return index.value;
  const at = numberOf(index);
  return at === undefined ? undefined : held.at(at)?.[0];
}

const listMethods: Methods = {
  __len__: withContents((held) => ({ type: 'int', value: held.length })),
  __iter__: withContents((held) => new ListValue(held.map(([, value]) => value))),
  __getitem__: withContents((held, call, container) => {
    const index = call.positional[1] ?? none;
    if (index.type === 'slice') {
      const places = sliceIndices(index, held.length);
      if (!places) return call.interpreter.unknown('[…:…]', 'is a part that is not known');
      // PyTorch makes a new container of the same class.
      const part = new InstanceValue(container.cls, call.site, new ModuleState());
      initialiseLike(container, part);
      for (const [at, place] of places.entries()) {
        const element = held[place]?.[1];
        if (element) register(part, String(at), element, call);
      }
      return part;
    }
    const name = nameAt(held, index);
    const element = name === undefined ? undefined : container.attributes.get(name);
    return element ?? call.interpreter.unknown(`${container.cls.name}[…]`, 'is an element that is not known');
  }),
  __setitem__: withContents((held, call, container) => {
    const [, index = none, value = none] = call.positional;
    const name = nameAt(held, index);
    if (name !== undefined) register(container, name, value, call);
    return none;
  }),
  append: (call) => {
    const container = owner(call);
    const element = call.positional[1] ?? none;
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
    if (place === undefined) return none;
    const order = held.map(([, value]) => value);
    order.splice(place, 0, element);
    for (const [index, value] of order.entries()) register(container, String(index), value, call);
    return none;
  }),
};

function initialiseLike(from: InstanceValue, to: InstanceValue): void {
  const state = moduleState(to);
  if (state) state.lower = moduleState(from)?.lower;
}

function containerClass(
  name: string,
  methods: Methods,
  initialise: (container: InstanceValue, call: Call) => void,
): ClassValue {
  return builtinClass(name, [moduleClass], {
    ...methods,
    __init__: (call) => {
      const container = owner(call);
      if (container) initialise(container, call);
      return none;
    },
  });
}

export const sequentialClass = containerClass('Sequential', listMethods, (container, call) => {
  const [, first, ...rest] = call.positional;
  if (call.hidden) hide(container, call.hidden);
  else if (first?.type === 'dict') addNamed(container, first, call);
  else if (first) addAll(container, tuple([first, ...rest]), call);
  const state = moduleState(container);
  if (!state) return;
  state.lower = ({ trace, layer, inputs, site, call: use }) => {
    const held = contents(layer);
    if (!isContents(held))
      return trace.opaque(`What this Sequential holds is not known: ${reasonOf(held)}.`, inputs, site, layer);
    const [input] = inputs;
    return trace.within(layer, () =>
      held.reduce(
        (x, [, element]) => use.interpreter.apply(element, x),
        input ?? use.interpreter.unknown('input', 'is missing'),
      ),
    );
  };
});

export const moduleListClass = containerClass('ModuleList', listMethods, (container, call) =>
  addAll(container, call.positional[1] ?? call.keywords.get('modules'), call),
);

const parameterList = containerClass('ParameterList', listMethods, (container, call) =>
  addAll(container, call.positional[1] ?? call.keywords.get('values'), call),
);

const dictMethods: Methods = {
  __len__: withContents((held) => ({ type: 'int', value: held.length })),
  __iter__: withContents((held) => new ListValue(held.map(([name]) => text(name)))),
  __contains__: withContents((held, { positional: [, key] }) => ({
    type: 'bool',
    value: key?.type === 'str' && held.some(([name]) => name === key.value),
  })),
  __getitem__: listMethods['__getitem__'] ?? (() => none),
  __setitem__: listMethods['__setitem__'] ?? (() => none),
  keys: withContents((held) => new ListValue(held.map(([name]) => text(name)))),
  values: withContents((held) => new ListValue(held.map(([, value]) => value))),
  items: withContents((held) => new ListValue(held.map(([name, value]) => tuple([text(name), value])))),
  update: (call) => {
    const container = owner(call);
    if (container) addNamed(container, call.positional[1], call);
    return none;
  },
};

const moduleDict = containerClass('ModuleDict', dictMethods, (container, call) =>
  addNamed(container, call.positional[1] ?? call.keywords.get('modules'), call),
);

const parameterDict = containerClass('ParameterDict', dictMethods, (container, call) =>
  addNamed(container, call.positional[1] ?? call.keywords.get('parameters'), call),
);

/** `nn.DataParallel(model)` and its like: the model under the name `module`. */
const wrapper = (name: string): ClassValue =>
  containerClass(name, {}, (container, call) => {
    const [, inner = none] = call.positional;
    register(container, 'module', inner, call);
    const state = moduleState(container);
    if (state) state.lower = ({ inputs, call: use }) => use.interpreter.apply(inner, ...inputs);
  });

export const containerClasses: Readonly<Record<string, ClassValue>> = {
  Sequential: sequentialClass,
  ModuleList: moduleListClass,
  ModuleDict: moduleDict,
  ParameterList: parameterList,
  ParameterDict: parameterDict,
  DataParallel: wrapper('DataParallel'),
};
