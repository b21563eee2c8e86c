import { CallArguments } from '../../python/arguments';
import { builtin } from '../../python/classes';
import { moduleOf } from '../../python/library/module';
import { bool, none, type Call, type ModuleValue, type Value } from '../../python/values';
import { unknownDraw } from '../draw';
import { childrenOf, isModule, moduleState, register } from '../module';
import { parameterState } from '../tensor';
import {
  addBuffer,
  addParameter,
  computeInstead,
  listClass,
  listOf,
  memberAt,
  newModule,
  targetOf,
} from './computedWeight';
import { parametrisedSpectralNorm, spectralNorm } from './spectralNorm';
import { parametrisedWeightNorm, weightNorm } from './weightNorm';

/** An orthogonal weight: the matrix exponential and its like are no operations of the network. */
function orthogonal(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'orthogonal_map', 'use_trivialization']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const original = module.attributes.get(name) ?? none;
  computeInstead(
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
  computeInstead(
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
