import type { AxisRole, Op, ParameterRole, Shape } from '../../../network';
import type { CallArguments } from '../../python/arguments';
import { builtin } from '../../python/classes';
import { InstanceValue, none, type Call, type Value } from '../../python/values';
import { ConstantState, ParameterState, unknownDraw, type Draw } from '../draw';
import { isModule, ModuleState, moduleState, register } from '../module';
import { sessionOf } from '../session';
import { makeTensor, parameterState, tensorState } from '../tensor';
import type { Trace } from '../trace';
import { moduleSubclass } from './define';

/** A weight that is computed from other parameters: where they stand, and how it is computed in a `forward`. */
export interface Computation {
  readonly compute: (scope: ComputedUse) => Value;
  /** What code outside of a `forward` finds under the weight's name; a copy of the weight where it is not told. */
  readonly outside?: (module: InstanceValue) => Value;
}

export interface ComputedUse {
  readonly trace: Trace;
  readonly module: InstanceValue;
  readonly call: Call;
  readonly add: (op: Op, inputs: readonly Value[]) => Value;
  /** A parameter or buffer under this path below the module, as a tensor of the graph. */
  readonly tensor: (path: string) => Value;
}

/** Takes a parameter out of the module, and puts a computation in its place. */
export function computeInstead(
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

export function memberAt(module: InstanceValue, path: string): Value | undefined {
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

export function addParameter(
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

export function addBuffer(owner: InstanceValue, name: string, shape: Shape, reason: string, call: Call): void {
  moduleState(owner)?.buffers.add(name);
  register(owner, name, makeTensor(new ConstantState(shape, unknownDraw(reason)), call.site), call);
}

export interface Target {
  readonly module: InstanceValue;
  readonly name: string;
  readonly state: ParameterState;
}

/** The parameter that a call is about; undefined where it is not known. */
export function targetOf(args: CallArguments): Target | undefined {
  const module = args.value('module');
  const name = args.get('name') ?? args.get('tensor_name') ?? { type: 'str', value: 'weight' };
  if (!isModule(module) || name.type !== 'str') return undefined;
  const state = parameterState(module.attributes.get(name.value));
  return state && { module, name: name.value, state };
}

export const listClass = moduleSubclass('ParametrizationList', () => undefined);
const dictClass = moduleSubclass('ParametrizationDict', () => undefined);

export function newModule(cls: typeof listClass, call: Call): InstanceValue {
  return new InstanceValue(cls, call.site, new ModuleState());
}

/** The list of parametrisations of a weight, made where there is none yet. */
export function listOf({ module, name }: Target, call: Call): InstanceValue {
  const known = module.attributes.get('parametrizations');
  const all = isModule(known) ? known : newModule(dictClass, call);
  if (all !== known) register(module, 'parametrizations', all, call);
  const list = newModule(listClass, call);
  register(all, name, list, call);
  return list;
}
