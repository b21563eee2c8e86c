import {
  multiplySizes,
  product,
  type AxisRole,
  type Dim,
  type Op,
  type ParameterRole,
  type Shape,
} from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtin } from '../../python/classes';
import { moduleOf } from '../../python/library/module';
import { bool, InstanceValue, none, numberOf, type Call, type ModuleValue, type Value } from '../../python/values';
import { ConstantState, inNumbers, ParameterState, unknownDraw, type Draw } from '../draw';
import { childrenOf, isModule, ModuleState, moduleState, register } from '../module';
import { sessionOf } from '../session';
import { makeTensor, parameterState, shapeOfWeight, tensorState } from '../tensor';
import type { Trace } from '../trace';
import { viewOf } from '../views';
import { moduleSubclass } from './define';

/** A weight that is computed from other parameters: where they stand, and how it is computed in a `forward`. */
interface Computation {
  readonly compute: (scope: ComputedUse) => Value;
  /** What code outside of a `forward` finds under the weight's name; a copy of the weight where it is not told. */
  readonly outside?: (module: InstanceValue) => Value;
}

interface ComputedUse {
  readonly trace: Trace;
  readonly module: InstanceValue;
  readonly call: Call;
  readonly add: (op: Op, inputs: readonly Value[]) => Value;
  /** A parameter or buffer under this path below the module, as a tensor of the graph. */
  readonly tensor: (path: string) => Value;
}

/** Takes a parameter out of the module, and puts a computation in its place. */
function replace(
  module: InstanceValue,
  name: string,
  state: ParameterState,
  { compute, outside }: Computation,
  call: Call,
): void {
  const getter = builtin(
    name,
    (get) => {
      const [owner] = get.positional;
      const { trace } = sessionOf(get.interpreter);
      if (owner?.type !== 'instance') return none;
      if (!trace)
        return (
          outside?.(owner) ??
          makeTensor(
            new ConstantState(state.shape, unknownDraw(`\`${name}\` is computed from other parameters`)),
            get.site,
          )
        );
      return compute({
        trace,
        module: owner,
        call: get,
        add: (op, inputs) => trace.add(op, inputs, get.site, owner),
        tensor: (path) => tensorAt(trace, owner, path, get),
      });
    },
    true,
  );
  module.attributes.delete(name, call.interpreter.journal);
  module.attributes.set(name, { type: 'property', getter }, call.interpreter.journal);
  moduleState(module)?.parametrised.add(name);
}

function memberAt(module: InstanceValue, path: string): Value | undefined {
  let member: Value | undefined = module;
  for (const name of path.split('.')) member = member?.type === 'instance' ? member.attributes.get(name) : undefined;
  return member;
}

function tensorAt(trace: Trace, module: InstanceValue, path: string, { interpreter, site }: Call): Value {
  const member = memberAt(module, path);
  const state = tensorState(member);
  const instance = member?.type === 'instance' ? member : undefined;
  const parameter = instance && trace.paths.parameters.get(instance);
  if (parameter !== undefined && state?.kind === 'parameter')
    return trace.add({ kind: 'parameter', parameter, shape: state.shape }, [], site, module);
  const buffer = instance && trace.paths.buffers.get(instance);
  if (buffer !== undefined && state?.kind === 'constant')
    return trace.add(
      { kind: 'constant', shape: state.shape, content: { kind: 'buffer', path: buffer }, path: buffer },
      [],
      site,
      module,
    );
  return interpreter.unknown(path, 'is not registered in the model');
}

function addParameter(
  owner: InstanceValue,
  name: string,
  like: ParameterState,
  fields: { readonly shape?: Shape; readonly draw?: Draw; readonly role?: ParameterRole },
  call: Call,
): void {
  const shape = fields.shape ?? like.shape;
  const axes = fields.shape ? shape.map((): AxisRole => 'feature') : like.axes;
  const draw = fields.draw ?? like.draw;
  const state = new ParameterState(shape, fields.role ?? like.role, axes, draw, like.origin);
  register(owner, name, makeTensor(state, call.site), call);
}

function addBuffer(owner: InstanceValue, name: string, shape: Shape, reason: string, call: Call): void {
  moduleState(owner)?.buffers.add(name);
  register(owner, name, makeTensor(new ConstantState(shape, unknownDraw(reason)), call.site), call);
}

interface Target {
  readonly module: InstanceValue;
  readonly name: string;
  readonly state: ParameterState;
}

/** The parameter that a call is about; undefined where it is not known. */
function targetOf(args: CallArguments): Target | undefined {
  const module = args.value('module');
  const name = args.get('name') ?? args.get('tensor_name') ?? { type: 'str', value: 'weight' };
  if (!isModule(module) || name.type !== 'str') return undefined;
  const state = parameterState(module.attributes.get(name.value));
  return state && { module, name: name.value, state };
}

/** The axis that stays; undefined where the norm is over all. */
function keptAxis(args: CallArguments, rank: number, fallback: number): number | undefined {
  const given = args.get('dim');
  if (given?.type === 'none') return undefined;
  const axis = given ? numberOf(given) : fallback;
  if (axis === undefined || axis === -1) return undefined;
  return axis < 0 ? axis + rank : axis;
}

/** g·v/‖v‖: the norms of what belongs to each index of one axis are parameters of their own (Salimans & Kingma 2016). */
function byNorm(
  state: ParameterState,
  kept: number | undefined,
  names: { readonly g: string; readonly v: string },
): Computation {
  const axes = state.shape.flatMap((_, axis) => (axis === kept ? [] : [axis]));
  return {
    compute: ({ add, tensor }) => {
      const v = tensor(names.v);
      const norm = add({ kind: 'reduce', how: 'norm', axes, keepDims: kept !== undefined }, [v]);
      const inverse = add({ kind: 'activation', activation: { kind: 'power', exponent: -1 } }, [norm]);
      return add({ kind: 'multiply' }, [v, tensor(names.g), inverse]);
    },
  };
}

const normsShape = (shape: Shape, kept: number | undefined): Shape =>
  kept === undefined ? [] : shape.map((size, axis) => (axis === kept ? size : 1));

/**
 * The norms of n independent draws of mean 0, variance σ² and kurtosis κ: √n·σ·(1 − (κ − 1)/8n) with variance (κ − 1)·σ²/4, up to
 * terms that vanish as n grows (the delta method on Σx²).
 */
function drawOfNorms({ shape, draw }: ParameterState, kept: number | undefined): Draw {
  const count = product(shape.filter((_, axis) => axis !== kept));
  const elements = inNumbers(draw, shape, shapeOfWeight);
  if (count === undefined || count < 2) return unknownDraw('it holds the norms of another draw');
  if (elements.kind === 'constant') return { kind: 'constant', value: Math.abs(elements.value) * Math.sqrt(count) };
  const uniform = elements.kind === 'uniform' && elements.low === -elements.high;
  const normal = elements.kind === 'normal' && elements.mean === 0;
  if (!uniform && !normal) return unknownDraw('it holds the norms of another draw');
  const [std, kurtosis] = elements.kind === 'uniform' ? [elements.high / Math.sqrt(3), 9 / 5] : [elements.std, 3];
  return {
    kind: 'normal',
    mean: Math.sqrt(count) * std * (1 - (kurtosis - 1) / (8 * count)),
    std: (std * Math.sqrt(kurtosis - 1)) / 2,
  };
}

function weightNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = keptAxis(args, state.shape.length, 0);
  const names = { g: `${name}_g`, v: `${name}_v` };
  replace(module, name, state, byNorm(state, kept, names), call);
  addParameter(
    module,
    names.g,
    state,
    { shape: normsShape(state.shape, kept), draw: drawOfNorms(state, kept), role: 'normScale' },
    call,
  );
  addParameter(module, names.v, state, {}, call);
  return module;
}

/** W/(uᵀWv), with vectors that follow the largest singular value of W as a matrix of one axis against all others (Miyato et al. 2018). */
function bySingularValue(
  state: ParameterState,
  kept: number,
  names: { readonly weight: string; readonly u: string; readonly v: string },
): Pick<Computation, 'compute'> {
  const order = [kept, ...state.shape.flatMap((_, axis) => (axis === kept ? [] : [axis]))];
  return {
    compute: ({ add, tensor }) => {
      const weight = tensor(names.weight);
      const front = kept === 0 ? weight : add({ kind: 'permute', axes: order }, [weight]);
      const matrix = state.shape.length > 2 ? add({ kind: 'flatten', start: 1, end: -1 }, [front]) : front;
      const row = add({ kind: 'matmul' }, [tensor(names.u), matrix]);
      const sigma = add({ kind: 'matmul' }, [row, tensor(names.v)]);
      const inverse = add({ kind: 'activation', activation: { kind: 'power', exponent: -1 } }, [sigma]);
      return add({ kind: 'multiply' }, [weight, inverse]);
    },
  };
}

/** The lengths of u and v. */
function vectorSizes(shape: Shape, kept: number): readonly [Dim, Dim] {
  return [shape[kept] ?? 1, multiplySizes(shape.filter((_, axis) => axis !== kept))];
}

const singular = 'it follows a singular vector of the weight';

/** Of a transposed convolution the outputs are the second axis. */
function outputAxis(args: CallArguments, module: InstanceValue, rank: number): number {
  const given = numberOf(args.get('dim'));
  if (given !== undefined) return given < 0 ? given + rank : given;
  return module.cls.order.some(({ name }) => name.startsWith('ConvTranspose')) ? 1 : 0;
}

function spectralNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'n_power_iterations', 'eps', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = outputAxis(args, module, state.shape.length);
  const names = { weight: `${name}_orig`, u: `${name}_u`, v: `${name}_v` };
  const original = module.attributes.get(name) ?? none;
  replace(
    module,
    name,
    state,
    {
      ...bySingularValue(state, kept, names),
      // PyTorch leaves the same elements under the old name: who initialises them there initialises the parameter.
      outside: (owner) => {
        const view = viewOf(tensorState(owner.attributes.get(names.weight)));
        return view ? makeTensor(view, call.site) : none;
      },
    },
    call,
  );
  register(module, names.weight, original, call);
  const [u, v] = vectorSizes(state.shape, kept);
  addBuffer(module, names.u, [u], singular, call);
  addBuffer(module, names.v, [v], singular, call);
  return module;
}

const listClass = moduleSubclass('ParametrizationList', () => undefined);
const dictClass = moduleSubclass('ParametrizationDict', () => undefined);

function newModule(cls: typeof listClass, call: Call): InstanceValue {
  return new InstanceValue(cls, call.site, new ModuleState());
}

/** The list of parametrisations of a weight, made where there is none yet. */
function listOf({ module, name }: Target, call: Call): InstanceValue {
  const known = module.attributes.get('parametrizations');
  const all = isModule(known) ? known : newModule(dictClass, call);
  if (all !== known) register(module, 'parametrizations', all, call);
  const list = newModule(listClass, call);
  register(all, name, list, call);
  return list;
}

function parametrisedWeightNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = keptAxis(args, state.shape.length, 0);
  const lead = `parametrizations.${name}`;
  replace(module, name, state, byNorm(state, kept, { g: `${lead}.original0`, v: `${lead}.original1` }), call);
  const list = listOf(target, call);
  addParameter(
    list,
    'original0',
    state,
    { shape: normsShape(state.shape, kept), draw: drawOfNorms(state, kept), role: 'normScale' },
    call,
  );
  addParameter(list, 'original1', state, {}, call);
  return module;
}

function parametrisedSpectralNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'n_power_iterations', 'eps', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = outputAxis(args, module, state.shape.length);
  const lead = `parametrizations.${name}`;
  const names = { weight: `${lead}.original`, u: `${lead}.0._u`, v: `${lead}.0._v` };
  const original = module.attributes.get(name) ?? none;
  replace(module, name, state, bySingularValue(state, kept, names), call);
  const list = listOf(target, call);
  register(list, 'original', original, call);
  const step = newModule(listClass, call);
  register(list, '0', step, call);
  const [u, v] = vectorSizes(state.shape, kept);
  addBuffer(step, '_u', [u], singular, call);
  addBuffer(step, '_v', [v], singular, call);
  return module;
}

/** An orthogonal weight: the matrix exponential and its like are no operations of the network. */
function orthogonal(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'orthogonal_map', 'use_trivialization']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const original = module.attributes.get(name) ?? none;
  replace(
    module,
    name,
    state,
    {
      compute: ({ trace, call: { site }, tensor }) =>
        trace.opaque(
          'A weight that is held orthogonal is not followed.',
          [tensor(`parametrizations.${name}.original`)],
          site,
          module,
        ),
    },
    call,
  );
  const list = listOf(target, call);
  register(list, 'original', original, call);
  const step = newModule(listClass, call);
  register(list, '0', step, call);
  const based = call.interpreter.truth(args.get('use_trivialization') ?? bool(true)) === true;
  call.interpreter.journal.beforeChange(state);
  // With a base the parameter starts at minus the identity, and the base is the weight.
  const flat = state.shape.length === 2;
  state.draw =
    based && flat ? { kind: 'identity', gain: -1 } : unknownDraw('it is what an orthogonal weight is computed from');
  if (based) {
    const [rows = 1, columns = 1] = state.shape.slice(-2);
    const side = typeof rows === 'number' && typeof columns === 'number' ? Math.max(rows, columns) : rows;
    addBuffer(step, 'base', [...state.shape.slice(0, -2), side, side], 'it is an orthogonal matrix', call);
  }
  return module;
}

/** `register_parametrization(module, 'weight', P())`: the weight is P of what it was. */
function registerParametrisation(call: Call): Value {
  const args = new CallArguments(call, ['module', 'tensor_name', 'parametrization', 'unsafe']);
  const module = args.value('module');
  const step = args.value('parametrization');
  const named = args.get('tensor_name');
  if (!isModule(module) || named?.type !== 'str') return module;
  const there = memberAt(module, `parametrizations.${named.value}`);
  if (isModule(there)) {
    const steps = childrenOf(there).length;
    register(there, String(steps), step, call);
    return module;
  }
  const target = targetOf(args);
  if (!target) return module;
  const { name, state } = target;
  const original = module.attributes.get(name) ?? none;
  const path = `parametrizations.${name}`;
  replace(
    module,
    name,
    state,
    {
      compute: ({ module: owner, call: { interpreter }, tensor }) => {
        const list = memberAt(owner, path);
        const steps = isModule(list) ? childrenOf(list) : [];
        return steps.reduce<Value>((weight, [, one]) => interpreter.apply(one, weight), tensor(`${path}.original`));
      },
    },
    call,
  );
  const list = listOf(target, call);
  register(list, 'original', original, call);
  register(list, '0', step, call);
  if (call.interpreter.findAttribute(step, 'right_inverse')) {
    call.interpreter.journal.beforeChange(state);
    state.draw = unknownDraw('it is computed backwards from the weight (`right_inverse`)');
  }
  return module;
}

/** Back to a parameter of the old name, drawn as the weight was. */
function remove(sources: (name: string) => readonly string[]): (call: Call) => Value {
  return (call) => {
    const args = new CallArguments(call, ['module', 'name']);
    const module = args.value('module');
    const named = args.get('name') ?? { type: 'str', value: 'weight' };
    if (!isModule(module) || named.type !== 'str') return module;
    const names = sources(named.value);
    const state = names.map((name) => parameterState(memberAt(module, name))).findLast((one) => one !== undefined);
    if (!state) return module;
    for (const name of names) module.attributes.delete(name, call.interpreter.journal);
    module.attributes.delete(named.value, call.interpreter.journal);
    moduleState(module)?.parametrised.delete(named.value);
    addParameter(module, named.value, state, {}, call);
    const all = module.attributes.get('parametrizations');
    if (isModule(all)) all.attributes.delete(named.value, call.interpreter.journal);
    return module;
  };
}

const removeParametrisations = remove((name) => [
  `parametrizations.${name}.original`,
  `parametrizations.${name}.original1`,
]);

const members = {
  parametrizations: {
    weight_norm: builtin('weight_norm', parametrisedWeightNorm),
    spectral_norm: builtin('spectral_norm', parametrisedSpectralNorm),
    orthogonal: builtin('orthogonal', orthogonal),
  },
  parametrize: {
    register_parametrization: builtin('register_parametrization', registerParametrisation),
    remove_parametrizations: builtin('remove_parametrizations', removeParametrisations),
    is_parametrized: builtin('is_parametrized', ({ positional: [module] }) =>
      bool(isModule(module) && isModule(module.attributes.get('parametrizations'))),
    ),
    cached: builtin('cached', () => none),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** `torch.nn.utils`, as far as it changes what parameters a module has. */
export const parametrisationMembers: Readonly<Record<string, Value>> = {
  weight_norm: builtin('weight_norm', weightNorm),
  spectral_norm: builtin('spectral_norm', spectralNorm),
  remove_weight_norm: builtin(
    'remove_weight_norm',
    remove((name) => [`${name}_g`, `${name}_v`]),
  ),
  remove_spectral_norm: builtin(
    'remove_spectral_norm',
    remove((name) => [`${name}_orig`, `${name}_u`, `${name}_v`]),
  ),
};

/** `torch.nn.utils.parametrizations` and `torch.nn.utils.parametrize`, by their full names. */
export const parametrisationModules: ReadonlyMap<string, ModuleValue> = new Map(
  Object.entries(members).map(([name, own]) => {
    const full = `torch.nn.utils.${name}`;
    return [full, moduleOf(full, () => own)] as const;
  }),
);
