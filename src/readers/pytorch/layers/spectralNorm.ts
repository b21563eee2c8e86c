import { multiplySizes, type Dim, type Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { none, numberOf, type Call, type InstanceValue, type Value } from '../../python/values';
import type { ParameterState } from '../draw';
import { register } from '../module';
import { makeTensor, tensorState } from '../tensor';
import { viewOf } from '../views';
import { addBuffer, computeInstead, listClass, listOf, newModule, targetOf, type Computation } from './computedWeight';

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

export function spectralNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'n_power_iterations', 'eps', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = outputAxis(args, module, state.shape.length);
  const names = { weight: `${name}_orig`, u: `${name}_u`, v: `${name}_v` };
  const original = module.attributes.get(name) ?? none;
  computeInstead(
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

export function parametrisedSpectralNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'n_power_iterations', 'eps', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = outputAxis(args, module, state.shape.length);
  const lead = `parametrizations.${name}`;
  const names = { weight: `${lead}.original`, u: `${lead}.0._u`, v: `${lead}.0._v` };
  const original = module.attributes.get(name) ?? none;
  computeInstead(module, name, state, bySingularValue(state, kept, names), call);
  const list = listOf(target, call);
  register(list, 'original', original, call);
  const step = newModule(listClass, call);
  register(list, '0', step, call);
  const [u, v] = vectorSizes(state.shape, kept);
  addBuffer(step, '_u', [u], singular, call);
  addBuffer(step, '_v', [v], singular, call);
  return module;
}
