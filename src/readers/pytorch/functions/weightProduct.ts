import type { Call, Value } from '../../python/values';
import { shapeOfTensor } from '../queries';
import { parameterState, tensorState } from '../tensor';
import { compute, traceOf } from './compute';

/**
 * x · W + b where W is a parameter of the model with its inputs in front: what a linear layer computes. Undefined for all other
 * products, and for a weight that is used the other way round as well.
 */
export function weightProduct(x: Value, weight: Value, bias: Value | undefined, call: Call): Value | undefined {
  const trace = traceOf(call);
  const pathOf = (value: Value | undefined): string | undefined =>
    value?.type === 'instance' && parameterState(value) ? trace?.paths.parameters.get(value) : undefined;
  const [state, path, shift] = [parameterState(weight), pathOf(weight), pathOf(bias)];
  const [inFeatures, outFeatures, ...more] = state?.shape ?? [];
  if (!state || path === undefined || inFeatures === undefined || outFeatures === undefined || more.length > 0)
    return undefined;
  if (bias && (shift === undefined || parameterState(bias)?.shape.length !== 1)) return undefined;
  if (state.role !== 'weight' || tensorState(x)?.kind !== 'node' || !shapeOfTensor(x, call)?.length) return undefined;
  if (state.axes.includes('out') && state.axes[0] !== 'in') return undefined;
  state.axes = ['in', 'out'];
  const op = { kind: 'linear', inFeatures, outFeatures, weight: path } as const;
  return compute(shift === undefined ? op : { ...op, bias: shift }, [x], call);
}
