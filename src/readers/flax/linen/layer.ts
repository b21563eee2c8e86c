import { variableState } from '../../keras/tensor';
import { builtinClass, type Methods } from '../../python/classes';
import { none, type Call, type ClassValue, type InstanceValue, type Value } from '../../python/values';
import { drawOf } from '../initializers';
import { unknownSize, type LayerDefinition, type Using } from '../layers/define';
import { construct, lastSize, unlessDoubted, usingOf, type Constructed } from '../layers/use';
import { flaxSession } from '../session';
import { named } from './module';
import { declare } from './scope';
import { linenModuleClass, pathOf, rootOf } from './state';

const constructed = new WeakMap<InstanceValue, Constructed>();

/** What a layer of ours was made with; undefined for one of the source. */
export function constructedOf(layer: Value | undefined): Constructed | undefined {
  return layer?.type === 'instance' ? constructed.get(layer) : undefined;
}

/** The weight of this name that a layer has, where it is made. */
function weightOf(layer: InstanceValue, name: string): ReturnType<typeof variableState> {
  const root = rootOf(layer);
  const found = ['params', 'batch_stats'].map((collection) =>
    root?.variables.get([collection, pathOf(layer), name].filter((part) => part !== '').join('/')),
  );
  return found.map(variableState).find((state) => state);
}

/** A use of a layer: its weights are made by the first one, for the size of what goes in. */
function useOf(made: Constructed, { weights }: LayerDefinition, use: Call): Using {
  const { layer, settings, args, call } = made;
  const using = usingOf(
    made,
    use,
    (shape) => ({
      into: lastSize(shape),
      out: args.has('features') ? settings.dim('features') : unknownSize('the number of features'),
    }),
    (name) => weightOf(layer, name),
  );
  weights?.({
    ...using,
    weight: ({ name, collection = 'params', shape, role, axes, initializer, fallback }) => {
      const given = initializer === undefined ? undefined : args.get(initializer);
      const make: Parameters<typeof declare>[1]['make'] = () => ({
        shape,
        role,
        axes,
        drawn: drawOf(given, fallback, shape, call),
      });
      declare(layer, { collection, name, site: layer.site, make }, use.interpreter);
    },
  });
  return using;
}

/** A method of a layer of ours, where it is part of a model that is read. */
function within(call: Call, method: (made: Constructed, use: Call) => Value): Value {
  const [layer, ...positional] = call.positional;
  const made = constructedOf(layer);
  const session = flaxSession(call.interpreter);
  if (!made || !session.following || !rootOf(made.layer))
    return call.interpreter.unknown(`${made?.layer.cls.name ?? 'layer'}(…)`, 'is computed outside of the graph');
  return session.within(made.layer, () => {
    const use = { ...call, positional };
    return unlessDoubted(made, use, method(made, use));
  });
}

/** A class of `flax.linen` with these fields; what its methods do. */
export function linenClass(
  name: string,
  fields: readonly string[],
  methods: Readonly<Record<string, (made: Constructed, use: Call) => Value>>,
): ClassValue {
  const all: Methods = {
    __init__: (made) => {
      const [layer] = made.positional;
      if (layer?.type === 'instance') constructed.set(layer, construct(layer, name, fields, named(made)));
      return none;
    },
    ...Object.fromEntries(
      Object.entries(methods).map(([method, run]) => [method, (call: Call): Value => within(call, run)]),
    ),
  };
  return builtinClass(name, [linenModuleClass], all);
}

/** The class of `flax.linen` that a layer is there; undefined where it has none. */
export function linenLayer(definition: LayerDefinition): readonly [string, ClassValue] | undefined {
  const { linen, call, methods = {} } = definition;
  if (!linen) return undefined;
  const run =
    (method: (using: Using) => Value) =>
    (made: Constructed, use: Call): Value =>
      method(useOf(made, definition, use));
  const all = Object.entries({ ...methods, __call__: call }).map(([name, method]) => [name, run(method)] as const);
  return [linen.name, linenClass(linen.name, linen.fields, Object.fromEntries(all))];
}
