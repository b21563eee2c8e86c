import { dimText, isKnown } from '../../../network';
import { none, type ClassValue, type Value } from '../../python/values';
import { biasDraw, weightAxes, weightDraw } from '../defaults';
import { unknownDraw, type Draw } from '../draw';
import { fromDim } from '../../frameworks/sizes';
import { layerClass, optional, type LayerDefinition, type LayerUse } from './define';
import { lazyClass } from './lazy';

const linear: LayerDefinition = {
  name: 'Linear',
  parameters: ['in_features', 'out_features', 'bias', 'device', 'dtype'],
  make: ({ settings, parameter, attribute }) => {
    const inFeatures = settings.dim('in_features');
    const outFeatures = settings.dim('out_features');
    attribute('in_features', fromDim(inFeatures));
    attribute('out_features', fromDim(outFeatures));
    const weight = parameter('weight', 'weight', [outFeatures, inFeatures], weightAxes(0), weightDraw);
    if (settings.flag('bias', true)) parameter('bias', 'bias', [outFeatures], ['out'], biasDraw(weight));
    else attribute('bias', { type: 'none' });
    return (use) => {
      const weightPath = use.path('weight');
      if (weightPath !== undefined)
        return { kind: 'linear', inFeatures, outFeatures, weight: weightPath, ...optional('bias', use.path('bias')) };
      const computed = use.computed('weight');
      return computed
        ? withBias(use, timesTransposed(use, computed), 0)
        : use.opaque(`The weight of Linear(${dimText(inFeatures)}, ${dimText(outFeatures)}) is not a parameter.`);
    };
  },
};

/** x·Wᵀ of a weight that is computed. */
function timesTransposed({ add, x }: LayerUse, weight: Value): Value {
  return add({ kind: 'matmul' }, [x, add({ kind: 'permute', axes: [1, 0] }, [weight])]);
}

/** The sum with the layer's bias, if it has one, over channels that are followed by so many axes of space. */
export function withBias({ add, parameter }: LayerUse, result: Value, space: number): Value {
  const bias = parameter('bias');
  if (!bias) return result;
  const wide = Array.from({ length: space }).reduce<Value>(
    (value) => add({ kind: 'unsqueeze', axis: -1 }, [value]),
    bias,
  );
  return add({ kind: 'add' }, [result, wide]);
}

/** xᵢ·W·yⱼ + b. */
const bilinear: LayerDefinition = {
  name: 'Bilinear',
  parameters: ['in1_features', 'in2_features', 'out_features', 'bias', 'device', 'dtype'],
  make: ({ settings, parameter, attribute }) => {
    const [first, second, out] = [
      settings.dim('in1_features'),
      settings.dim('in2_features'),
      settings.dim('out_features'),
    ];
    // U(±1/√in1) for both.
    const bound = isKnown(first) ? 1 / Math.sqrt(first) : undefined;
    const draw: Draw =
      bound === undefined
        ? unknownDraw('its bound depends on a size that is not known')
        : { kind: 'uniform', low: -bound, high: bound };
    parameter('weight', 'weight', [out, first, second], ['out', 'in', 'in'], draw);
    if (settings.flag('bias', true)) parameter('bias', 'bias', [out], ['out'], draw);
    else attribute('bias', none);
    return (use) => {
      const args = use.arguments(['input1', 'input2']);
      const [x, y] = [args.value('input1'), args.value('input2')];
      const weight = use.parameter('weight');
      const rank = use.trace.shape(x)?.length;
      if (!weight || rank === undefined || rank > lead.length + 1)
        return use.opaque('This Bilinear is not followed.', [x, y]);
      const axes = lead.slice(0, rank - 1);
      return withBias(use, use.add({ kind: 'einsum', equation: `${axes}x,oxy,${axes}y->${axes}o` }, [x, weight, y]), 0);
    };
  },
};

/** Letters for the axes in front of the features. */
const lead = 'abcdefg';

export const linearClass = layerClass(linear);

export const linearClasses: Readonly<Record<string, ClassValue>> = {
  Linear: linearClass,
  Bilinear: layerClass(bilinear),
  LazyLinear: lazyClass('LazyLinear', linear, 'in_features', -1),
};
