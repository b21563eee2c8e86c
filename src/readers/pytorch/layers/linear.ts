import { dimText } from '../../../network';
import { biasDraw, weightAxes, weightDraw } from '../defaults';
import { fromDim } from '../sizes';
import { layerClass, optional, type LayerDefinition } from './define';

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
    return (path) => {
      const weightPath = path('weight');
      return weightPath === undefined
        ? {
            kind: 'opaque',
            reason: `The weight of Linear(${dimText(inFeatures)}, ${dimText(outFeatures)}) is not a parameter.`,
          }
        : { kind: 'linear', inFeatures, outFeatures, weight: weightPath, ...optional('bias', path('bias')) };
    };
  },
};

export const linearClasses = { Linear: layerClass(linear) };
