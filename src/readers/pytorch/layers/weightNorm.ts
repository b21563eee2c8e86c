import { product, type Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { numberOf, type Call, type Value } from '../../python/values';
import { inNumbers, unknownDraw, type Draw, type ParameterState } from '../draw';
import { shapeOfWeight } from '../tensor';
import { addParameter, computeInstead, listOf, targetOf, type Computation } from './computedWeight';

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

export function weightNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = keptAxis(args, state.shape.length, 0);
  const names = { g: `${name}_g`, v: `${name}_v` };
  computeInstead(module, name, state, byNorm(state, kept, names), call);
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

export function parametrisedWeightNorm(call: Call): Value {
  const args = new CallArguments(call, ['module', 'name', 'dim']);
  const target = targetOf(args);
  if (!target) return args.value('module');
  const { module, name, state } = target;
  const kept = keptAxis(args, state.shape.length, 0);
  const lead = `parametrizations.${name}`;
  computeInstead(module, name, state, byNorm(state, kept, { g: `${lead}.original0`, v: `${lead}.original1` }), call);
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
