import { fromDim } from '../frameworks/sizes';
import type { ClassValue } from '../python/values';
import { layerClass, optional } from '../pytorch/layers/define';

/** `transformers.pytorch_utils.Conv1D`: a linear layer whose weight is in×out, drawn from N(0, 0.02²). */
export const conv1D: ClassValue = layerClass({
  name: 'Conv1D',
  parameters: ['nf', 'nx'],
  make: ({ settings, parameter, attribute }) => {
    const [outFeatures, inFeatures] = [settings.dim('nf'), settings.dim('nx')];
    attribute('nf', fromDim(outFeatures));
    attribute('nx', fromDim(inFeatures));
    parameter('weight', 'weight', [inFeatures, outFeatures], ['in', 'out'], { kind: 'normal', mean: 0, std: 0.02 });
    parameter('bias', 'bias', [outFeatures], ['out'], { kind: 'constant', value: 0 });
    return (use) => {
      const weight = use.path('weight');
      return weight === undefined
        ? use.opaque('The weight of this Conv1D is not a parameter.')
        : { kind: 'linear', inFeatures, outFeatures, weight, ...optional('bias', use.path('bias')) };
    };
  },
});
