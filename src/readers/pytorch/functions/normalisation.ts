import type { Value } from '../../python/values';
import { toShape } from '../../frameworks/sizes';
import { parameterState } from '../tensor';
import type { FunctionUse, TensorFunction } from './define';
import { optional } from '../layers/define';

/** The path of a parameter that is handed to a function; undefined where it is none of this model. */
function parameterPath({ trace, args }: FunctionUse, name: string): string | undefined {
  const value = args.get(name);
  if (value?.type !== 'instance' || !parameterState(value)) return undefined;
  return trace.paths.parameters.get(value);
}

const given = (value: Value | undefined): boolean => value !== undefined && value.type !== 'none';

const linear: TensorFunction = {
  parameters: ['weight', 'bias'],
  apply: (use) => {
    const weight = parameterPath(use, 'weight');
    const state = parameterState(use.args.get('weight'));
    const [outFeatures, inFeatures] = state?.shape ?? [];
    if (weight === undefined || !state || outFeatures === undefined || inFeatures === undefined)
      return use.opaque('The weight of `F.linear` is not a parameter that is known.');
    if (state.shape.length === 2 && !state.axes.includes('in')) state.axes = ['out', 'in'];
    if (given(use.args.get('bias')) && parameterPath(use, 'bias') === undefined)
      return use.opaque('The bias of `F.linear` is not a parameter that is known.');
    return use.add({
      kind: 'linear',
      inFeatures,
      outFeatures,
      weight,
      ...optional('bias', parameterPath(use, 'bias')),
    });
  },
};

const layerNorm: TensorFunction = {
  parameters: ['normalized_shape', 'weight', 'bias', 'eps'],
  apply: (use) => {
    const normalizedShape = toShape(use.interpreter, [use.args.value('normalized_shape')]);
    const affine = ['weight', 'bias'].some(
      (name) => given(use.args.get(name)) && parameterPath(use, name) === undefined,
    );
    if (!normalizedShape || affine) return use.opaque('What `F.layer_norm` works with is not known.');
    return use.add({
      kind: 'layerNorm',
      normalizedShape,
      center: true,
      epsilon: use.settings.number('eps', 1e-5),
      ...optional('scale', parameterPath(use, 'weight')),
      ...optional('shift', parameterPath(use, 'bias')),
    });
  },
};

export const normalisationFunctions: Readonly<Record<string, TensorFunction>> = { linear, layer_norm: layerNorm };
