import { variableState } from '../../keras/tensor';
import { VariableState } from '../../keras/variable';
import { builtinClass, type Methods } from '../../python/classes';
import { InstanceValue, none, type Call, type ClassValue, type Value } from '../../python/values';
import { drawOf } from '../initializers';
import { unknownSize, type LayerDefinition, type Using, type Weight } from '../layers/define';
import { construct, lastSize, unlessDoubted, usingOf, type Constructed } from '../layers/use';
import { flaxSession } from '../session';
import { nnxModuleClass } from './module';
import { batchStatClass, nextKey, paramClass } from './variables';

const constructed = new WeakMap<InstanceValue, Constructed>();

/** What a layer of ours was made with; undefined for one of the source. */
export function constructedOf(layer: Value | undefined): Constructed | undefined {
  return layer?.type === 'instance' ? constructed.get(layer) : undefined;
}

/** What a class of ours does with its arguments, and what its methods do. */
export interface NnxClass {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly initialise?: (made: Constructed) => void;
  readonly methods: Readonly<Record<string, (made: Constructed, use: Call) => Value>>;
}

function within(call: Call, method: (made: Constructed, use: Call) => Value): Value {
  const [layer, ...positional] = call.positional;
  const made = constructedOf(layer);
  const session = flaxSession(call.interpreter);
  if (!made || !session.following)
    return call.interpreter.unknown(`${made?.layer.cls.name ?? 'layer'}(…)`, 'is computed outside of the graph');
  return session.within(made.layer, () => {
    const use = { ...call, positional };
    return unlessDoubted(made, use, method(made, use));
  });
}

/** A class of `flax.nnx`. */
export function nnxClass({ name, parameters, initialise, methods }: NnxClass): ClassValue {
  const all: Methods = {
    __init__: (call) => {
      const [layer] = call.positional;
      if (layer?.type !== 'instance') return none;
      const made = construct(layer, name, parameters, call);
      constructed.set(layer, made);
      initialise?.(made);
      return none;
    },
    ...Object.fromEntries(
      Object.entries(methods).map(([method, run]) => [method, (call: Call): Value => within(call, run)]),
    ),
  };
  return builtinClass(name, [nnxModuleClass], all);
}

/** Makes a weight of a layer: an attribute of it. */
function makeWeight(
  { layer, args, call }: Constructed,
  { name, shape, role, axes, initializer, fallback, collection }: Weight,
): void {
  const given = initializer === undefined ? undefined : args.get(initializer);
  const trained = collection === undefined;
  const drawn = drawOf(given, fallback, shape, call);
  const state = new VariableState('', nextKey(call), shape, role, axes, trained, drawn);
  const variable = new InstanceValue(trained ? paramClass : batchStatClass, layer.site, state);
  layer.attributes.set(name, variable, call.interpreter.journal);
  flaxSession(call.interpreter).progress++;
}

/** The class of `flax.nnx` that a layer is there; undefined where it has none. */
export function nnxLayer(definition: LayerDefinition): readonly [string, ClassValue] | undefined {
  const { nnx, call, weights, methods = {} } = definition;
  if (!nnx) return undefined;
  const told = ({ args, settings }: Constructed, name: string | undefined): ReturnType<typeof lastSize> =>
    name !== undefined && args.has(name) ? settings.dim(name) : unknownSize('the number of features');
  const run =
    (method: (using: Using) => Value) =>
    (made: Constructed, use: Call): Value =>
      method(
        usingOf(
          made,
          use,
          (shape) => ({
            into: nnx.into === undefined ? lastSize(shape) : told(made, nnx.into),
            out: told(made, nnx.out),
          }),
          (name) => variableState(made.layer.attributes.get(name)),
        ),
      );
  const cls = nnxClass({
    name: nnx.name,
    parameters: nnx.parameters,
    initialise: (made) =>
      weights?.({
        ...made,
        into: told(made, nnx.into),
        out: told(made, nnx.out),
        weight: (weight) => makeWeight(made, weight),
      }),
    methods: Object.fromEntries(
      Object.entries({ ...methods, __call__: call }).map(([name, method]) => [name, run(method)]),
    ),
  });
  return [nnx.name, cls];
}

/** Makes a layer of ours as an attribute of another. */
export function makeChild(
  cls: ClassValue | undefined,
  { layer, call }: Constructed,
  name: string,
  settings: ReadonlyMap<string, Value>,
): void {
  if (!cls) return;
  const { interpreter } = call;
  const child = interpreter.call(cls, { positional: [], keywords: settings });
  layer.attributes.set(name, child, interpreter.journal);
}

/** Applies a layer that is an attribute of another. */
export function applyChild({ layer }: Constructed, name: string, input: Value, use: Call): Value {
  return use.interpreter.apply(layer.attributes.get(name) ?? none, input);
}
