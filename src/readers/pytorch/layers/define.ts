import type { AxisRole, Op, ParameterRole, Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtinClass, type Methods } from '../../python/classes';
import {
  bool,
  float,
  none,
  reasonOf,
  text,
  type Call,
  type ClassValue,
  type InstanceValue,
  type Value,
} from '../../python/values';
import { ConstantState, ParameterState, type Draw } from '../draw';
import { moduleClass, moduleState, register, self, type LayerCall, type ModuleState } from '../module';
import { sessionOf } from '../session';
import { Settings } from '../../frameworks/sizes';
import { makeTensor, parameterState } from '../tensor';

/** One use of a layer, and what its definition says it with. */
export interface LayerUse extends LayerCall {
  /** The tensor that it is applied to. */
  readonly x: Value;
  /** The arguments of this call of `forward`, by their names. */
  readonly arguments: (names: readonly string[]) => CallArguments;
  /** Where a parameter of this layer stands in the model; undefined where it has none of that name. */
  readonly path: (name: string) => string | undefined;
  readonly bufferPath: (name: string) => string | undefined;
  /** A parameter of this layer as a tensor of the graph. */
  readonly parameter: (name: string) => Value | undefined;
  /** A weight of this layer that is computed from other parameters (`weight_norm`), as a tensor of the graph. */
  readonly computed: (name: string) => Value | undefined;
  readonly add: (op: Op, inputs?: readonly Value[]) => InstanceValue;
  readonly opaque: (reason: string, inputs?: readonly Value[]) => InstanceValue;
}

/** What a layer does with its input: one operation on it, or whatever it has added to the graph. */
export type LayerForward = (use: LayerUse) => Op | Value;

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
  /** A tensor that is saved with the model and not trained. */
  readonly buffer: (name: string, shape: Shape, value: number) => void;
  /** An attribute that people read: `in_features`. */
  readonly attribute: (name: string, value: Value) => void;
}

export interface LayerDefinition {
  readonly name: string;
  /** The names of the constructor's parameters, in order. */
  readonly parameters: readonly string[];
  /** Run when an instance is made; gives what its `forward` does. */
  readonly make: (setup: LayerSetup) => LayerForward;
  /** Methods beside `forward`. */
  readonly methods?: Methods;
  /** What it is an instance of besides a module. */
  readonly base?: ClassValue;
}

/** A class of `torch.nn` that computes with parameters of its own. */
export function layerClass({ name, parameters, make, methods, base }: LayerDefinition): ClassValue {
  return moduleSubclass(
    name,
    (call, module, state) => {
      const args = new CallArguments(call, parameters, 1);
      const doubts: string[] = [];
      const settings = new RecordedSettings(args, (setting, value) =>
        doubts.push(
          `\`${setting}\` of ${name} is not known: ${value.type === 'unknown' ? reasonOf(value) : 'it is not understood'}.`,
        ),
      );
      const forward = make(setupOf(settings, module, state, call));
      for (const setting of parameters) {
        const value = args.get(setting) ?? settings.fallbacks.get(setting);
        if (value && !module.attributes.has(setting)) register(module, setting, value, call);
      }
      state.lower = (use) => {
        const [doubt] = doubts;
        return doubt === undefined ? lowered(forward, use) : use.trace.opaque(doubt, use.inputs, use.site, use.layer);
      };
      resetByOwnMethod(call, module);
    },
    { reset_parameters: resetParameters, ...methods },
    base ? [base] : undefined,
  );
}

/** Remembers the defaults that were asked for: they are attributes of the layer as well. */
class RecordedSettings extends Settings {
  readonly fallbacks = new Map<string, Value>();

  override number(name: string, fallback: number): number {
    this.fallbacks.set(name, Number.isInteger(fallback) ? { type: 'int', value: fallback } : float(fallback));
    return super.number(name, fallback);
  }

  override flag(name: string, fallback: boolean): boolean {
    this.fallbacks.set(name, bool(fallback));
    return super.flag(name, fallback);
  }

  override text(name: string, fallback: string): string {
    this.fallbacks.set(name, text(fallback));
    return super.text(name, fallback);
  }
}

export function setupOf(settings: Settings, module: InstanceValue, state: ModuleState, call: Call): LayerSetup {
  return {
    settings,
    module,
    parameter: (name, role, shape, axes, draw) => {
      const tensor = makeTensor(new ParameterState(shape, role, axes, draw), call.site);
      register(module, name, tensor, call);
      state.defaults.set(name, draw);
      return tensor;
    },
    buffer: (name, shape, value) => {
      state.buffers.add(name);
      register(module, name, makeTensor(new ConstantState(shape, { kind: 'constant', value }), call.site), call);
    },
    attribute: (name, value) => register(module, name, value, call),
  };
}

/** As PyTorch's constructors do, a `reset_parameters` that a class of the source has is called. */
function resetByOwnMethod(call: Call, module: InstanceValue): void {
  const reset = call.interpreter.findAttribute(module, 'reset_parameters');
  if (reset?.type === 'method' && reset.callee.type === 'function') call.interpreter.apply(reset);
}

/** Draws the parameters as the constructor did. */
function resetParameters(call: Call): Value {
  const module = self(call);
  for (const [name, draw] of moduleState(module)?.defaults ?? []) {
    const state = parameterState(module.attributes.get(name));
    if (!state) continue;
    call.interpreter.journal.beforeChange(state);
    state.draw = draw;
    state.origin = { kind: 'frameworkDefault' };
  }
  return none;
}

/** A class of ours that derives from `nn.Module`; `initialise` is its constructor. */
export function moduleSubclass(
  name: string,
  initialise: (call: Call, module: InstanceValue, state: ModuleState) => void,
  methods: Methods = {},
  bases: readonly ClassValue[] = [moduleClass],
): ClassValue {
  return builtinClass(name, bases, {
    forward: applyNatively,
    ...methods,
    __init__: (call) => {
      const [module] = call.positional;
      const state = module?.type === 'instance' ? moduleState(module) : undefined;
      if (module?.type === 'instance' && state) initialise(call, module, state);
      return none;
    },
  });
}

/** A class that is there to be asked for by `isinstance`: what it makes itself is not known. */
export function sharedBase(name: string): ClassValue {
  return moduleSubclass(name, (_call, _module, state) => {
    state.unlisted = `those of \`${name}\``;
  });
}

/** The class with these attributes as well: what is no method. */
export function withMembers(cls: ClassValue, members: Readonly<Record<string, Value>>): ClassValue {
  cls.attributes.fill(new Map([...cls.attributes.entries(), ...Object.entries(members)]));
  return cls;
}

/** `super().forward(x)` of a class that derives from one of ours. */
function applyNatively(call: Call): Value {
  const layer = self(call);
  const { trace } = sessionOf(call.interpreter);
  const inputs = call.positional.slice(1);
  const lower = moduleState(layer)?.lower;
  return trace && lower
    ? lower({ trace, layer, inputs, call, site: call.site })
    : call.interpreter.unknown('forward(…)', 'is called outside of a model');
}

function lowered(forward: LayerForward, use: LayerCall): Value {
  const { trace, layer, inputs: given, site, call } = use;
  const x = given[0] ?? call.keywords.get('input') ?? call.interpreter.unknown('input', 'is missing');
  const homeless: string[] = [];
  const computed: string[] = [];
  const path = (name: string): string | undefined => {
    const value = layer.attributes.get(name);
    if (!parameterState(value) || value?.type !== 'instance') return undefined;
    const found = trace.paths.parameters.get(value);
    if (found === undefined) homeless.push(name);
    return found;
  };
  const add: LayerUse['add'] = (op, inputs = [x]) => trace.add(op, inputs, site, layer);
  // Spelled out: every layer of every model passes here, and a spread is slow.
  const result = forward({
    trace,
    layer,
    inputs: given,
    call,
    site,
    x,
    arguments: (names) => new CallArguments({ ...call, positional: given }, names),
    path,
    bufferPath: (name) => {
      const value = layer.attributes.get(name);
      return value?.type === 'instance' ? trace.paths.buffers.get(value) : undefined;
    },
    parameter: (name) => {
      const parameter = path(name);
      const shape = parameterState(layer.attributes.get(name))?.shape;
      return parameter === undefined || !shape ? undefined : add({ kind: 'parameter', parameter, shape }, []);
    },
    computed: (name) => {
      const value = layer.attributes.get(name);
      computed.push(name);
      return value?.type === 'property' ? call.interpreter.apply(value.getter, layer) : undefined;
    },
    add,
    opaque: (reason, inputs = [x]) => trace.opaque(reason, inputs, site, layer),
  });
  if (homeless.length > 0)
    return trace.opaque(
      `\`${layer.cls.name}\` is not registered in the model: it is not trained with it.`,
      [x],
      site,
      layer,
    );
  const parametrised = moduleState(layer)?.parametrised;
  const missed = parametrised?.size ? [...parametrised].find((name) => !computed.includes(name)) : undefined;
  if (missed !== undefined)
    return trace.opaque(
      `The \`${missed}\` of this ${layer.cls.name} is computed from other parameters, which is not followed here.`,
      [x],
      site,
      layer,
    );
  return 'type' in result ? result : trace.add(result, [x], site, layer);
}

/** `{ [field]: path }` where there is such a parameter, for the optional fields of an operation. */
export function optional<K extends string>(field: K, path: string | undefined): Partial<Record<K, string>> {
  return path === undefined ? {} : ({ [field]: path } as Record<K, string>);
}
