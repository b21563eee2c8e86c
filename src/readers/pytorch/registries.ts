import { builtin, builtinClass } from '../python/classes';
import { raiseIfCaught } from '../python/exceptions';
import { objectClass } from '../python/library/types';
import { symbolOf } from '../python/truth';
import { bool, InstanceValue, int, ListValue, none, text, tuple, type Call, type Value } from '../python/values';
import { isModule, moduleClass, moduleState, register, self } from './module';
import { parameterState, tensorState } from './tensor';

/** What a module keeps its parts in: dicts, which some code writes to (`model._modules[name] = layer`). */
const kinds: Readonly<Record<string, (name: string, value: Value, module: InstanceValue) => boolean>> = {
  _modules: (_name, value) => isModule(value),
  _parameters: (_name, value) => parameterState(value) !== undefined,
  _buffers: (name, value, module) =>
    (moduleState(module)?.buffers.has(name) ?? false) && tensorState(value) !== undefined,
};

/** The parts of one kind that a module has. */
class Registry {
  constructor(
    readonly module: InstanceValue,
    private readonly holds: (name: string, value: Value, module: InstanceValue) => boolean,
  ) {}

  entries(): readonly (readonly [string, Value])[] {
    return [...this.module.attributes.entries()].filter(([name, value]) => this.holds(name, value, this.module));
  }

  get(name: Value | undefined): Value | undefined {
    return name?.type === 'str' ? this.entries().find(([own]) => own === name.value)?.[1] : undefined;
  }
}

const withRegistry =
  (compute: (registry: Registry, call: Call) => Value) =>
  (call: Call): Value => {
    const [receiver] = call.positional;
    const registry = receiver?.type === 'instance' ? receiver.native : undefined;
    return registry instanceof Registry ? compute(registry, call) : none;
  };

const names = (registry: Registry): Value => new ListValue(registry.entries().map(([name]) => text(name)));

function remove(registry: Registry, { positional: [, name = none], interpreter }: Call): Value {
  const value = registry.get(name);
  if (!value || name.type !== 'str') raiseIfCaught(interpreter, 'KeyError', `${symbolOf(name)} is not there`);
  else registry.module.attributes.delete(name.value, interpreter.journal);
  return value ?? none;
}

const registryClass = builtinClass('OrderedDict', [objectClass], {
  __getitem__: withRegistry((registry, { positional: [, name = none], interpreter }) => {
    const value = registry.get(name);
    if (!value) raiseIfCaught(interpreter, 'KeyError', `${symbolOf(name)} is not there`);
    return value ?? interpreter.unknown(`[${symbolOf(name)}]`, 'is a part that is not there');
  }),
  __setitem__: withRegistry((registry, call) => {
    const [, name, value] = call.positional;
    if (name?.type === 'str' && value) register(registry.module, name.value, value, call);
    return none;
  }),
  __delitem__: withRegistry(remove),
  __contains__: withRegistry((registry, { positional: [, name] }) => bool(registry.get(name) !== undefined)),
  __len__: withRegistry((registry) => int(registry.entries().length)),
  __iter__: withRegistry(names),
  keys: withRegistry(names),
  values: withRegistry((registry) => new ListValue(registry.entries().map(([, value]) => value))),
  items: withRegistry(
    (registry) => new ListValue(registry.entries().map(([name, value]) => tuple([text(name), value]))),
  ),
  get: withRegistry((registry, { positional: [, name, fallback = none] }) => registry.get(name) ?? fallback),
  pop: withRegistry(remove),
});

/** Gives every module its dicts. */
export function installRegistries(): void {
  moduleClass.attributes.fill(
    new Map<string, Value>([
      ...moduleClass.attributes.entries(),
      ...Object.entries(kinds).map(([name, holds]): readonly [string, Value] => [
        name,
        {
          type: 'property',
          getter: builtin(name, (call) => new InstanceValue(registryClass, call.site, new Registry(self(call), holds))),
        },
      ]),
    ]),
  );
}
