import type { AxisRole, Op, ParameterRole, Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtinClass } from '../../python/classes';
import { none, reasonOf, type Call, type ClassValue, type InstanceValue, type Value } from '../../python/values';
import { ParameterState, type Draw } from '../draw';
import { moduleClass, moduleState, register, type LayerCall, type ModuleState } from '../module';
import { Settings } from '../sizes';
import { makeTensor, parameterState } from '../tensor';

/** Where a parameter of this layer stands in the model that is traced; undefined where it has none of that name. */
export type ParameterPath = (name: string) => string | undefined;

/** What a layer does with one input. `undefined`: it passes it on as it is. */
export type LayerOp = (path: ParameterPath, use: LayerCall) => Op | undefined;

/** What the definition of a layer works with when the layer is made. */
export interface LayerSetup {
  readonly settings: Settings;
  readonly module: InstanceValue;
  readonly parameter: (
    name: string,
    role: ParameterRole,
    shape: Shape,
    axes: readonly AxisRole[],
    draw: Draw,
  ) => InstanceValue;
  /** An attribute that people read: `in_features`. */
  readonly attribute: (name: string, value: Value) => void;
}

export interface LayerDefinition {
  readonly name: string;
  /** The names of the constructor's parameters, in order. */
  readonly parameters: readonly string[];
  /** Run when an instance is made; gives what its `forward` does. */
  readonly make: (setup: LayerSetup) => LayerOp;
}

/** A class of `torch.nn` that computes one operation of the network. */
export function layerClass({ name, parameters, make }: LayerDefinition): ClassValue {
  return moduleSubclass(name, (call, module, state) => {
    const doubts: string[] = [];
    const args = new CallArguments(call, parameters, 1);
    const settings = new Settings(args, (setting, value) =>
      doubts.push(
        `\`${setting}\` of ${name} is not known: ${value.type === 'unknown' ? reasonOf(value) : 'it is not understood'}.`,
      ),
    );
    const op = make({
      settings,
      module,
      parameter: (own, role, shape, axes, draw) => {
        const tensor = makeTensor(new ParameterState(shape, role, axes, draw), call.site);
        register(module, own, tensor, call);
        return tensor;
      },
      attribute: (own, value) => register(module, own, value, call),
    });
    for (const setting of parameters) {
      const value = args.get(setting);
      if (value && !module.attributes.has(setting)) register(module, setting, value, call);
    }
    const [doubt] = doubts;
    state.lower = (use) =>
      doubt === undefined ? lowerTo(op, use) : use.trace.opaque(doubt, use.inputs, use.site, use.layer);
  });
}

/** A class of ours that derives from `nn.Module`; `initialise` is its constructor. */
export function moduleSubclass(
  name: string,
  initialise: (call: Call, module: InstanceValue, state: ModuleState) => void,
  bases: readonly ClassValue[] = [moduleClass],
): ClassValue {
  return builtinClass(name, bases, {
    __init__: (call) => {
      const [module] = call.positional;
      const state = module?.type === 'instance' ? moduleState(module) : undefined;
      if (module?.type === 'instance' && state) initialise(call, module, state);
      return none;
    },
  });
}

function lowerTo(makeOp: LayerOp, use: LayerCall): Value {
  const { trace, layer, site } = use;
  const [given] = use.inputs;
  const input = given ?? use.call.keywords.get('input') ?? use.call.interpreter.unknown('input', 'is missing');
  const homeless = new Set<string>();
  const path: ParameterPath = (name) => {
    const value = layer.attributes.get(name);
    if (!parameterState(value) || value?.type !== 'instance') return undefined;
    const found = trace.paths.parameters.get(value);
    if (found === undefined) homeless.add(name);
    return found;
  };
  const op = makeOp(path, use);
  if (homeless.size > 0)
    return trace.opaque(
      `\`${layer.cls.name}\` is not registered in the model: it is not trained with it.`,
      [input],
      site,
      layer,
    );
  return op ? trace.add(op, [input], site, layer) : input;
}

/** `{ [field]: path }` where there is such a parameter, for the optional fields of an operation. */
export function optional<K extends string>(field: K, path: string | undefined): Partial<Record<K, string>> {
  return path === undefined ? {} : ({ [field]: path } as Record<K, string>);
}
