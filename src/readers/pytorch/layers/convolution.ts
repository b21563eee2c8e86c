import type { Padding } from '../../../network';
import type { ClassValue } from '../../python/values';
import { biasDraw, groupSize, weightAxes, weightDraw } from '../defaults';
import { fromDim, fromShape, perAxis, type Settings } from '../sizes';
import { layerClass, optional, type LayerDefinition } from './define';

const convolution = (rank: 1 | 2 | 3): LayerDefinition => ({
  name: `Conv${rank}d`,
  parameters: [
    'in_channels',
    'out_channels',
    'kernel_size',
    'stride',
    'padding',
    'dilation',
    'groups',
    'bias',
    'padding_mode',
    'device',
    'dtype',
  ],
  make: ({ settings, parameter, attribute }) => {
    const ones = Array.from({ length: rank }, () => 1);
    const inChannels = settings.dim('in_channels');
    const outChannels = settings.dim('out_channels');
    const groups = settings.args.has('groups') ? settings.dim('groups') : 1;
    const kernel = perAxis(settings.args.value('kernel_size'), rank, ones);
    const stride = perAxis(settings.args.get('stride'), rank, ones);
    const dilation = perAxis(settings.args.get('dilation'), rank, ones);
    const padding = paddingOf(settings, rank);
    const mode = settings.text('padding_mode', 'zeros');
    attribute('in_channels', fromDim(inChannels));
    attribute('out_channels', fromDim(outChannels));
    attribute('groups', fromDim(groups));
    attribute('kernel_size', fromShape(kernel));
    attribute('stride', fromShape(stride));
    const weight = parameter(
      'weight',
      'weight',
      [outChannels, groupSize(inChannels, groups), ...kernel],
      weightAxes(rank),
      weightDraw,
    );
    if (settings.flag('bias', true)) parameter('bias', 'bias', [outChannels], ['out'], biasDraw(weight));
    else attribute('bias', { type: 'none' });
    return (path) => {
      const weightPath = path('weight');
      if (weightPath === undefined) return { kind: 'opaque', reason: `The weight of Conv${rank}d is not a parameter.` };
      if (mode !== 'zeros')
        return { kind: 'opaque', reason: `Conv${rank}d with padding_mode='${mode}' is not understood yet.` };
      return {
        kind: 'conv',
        inChannels,
        outChannels,
        kernel,
        stride,
        padding,
        dilation,
        groups,
        weight: weightPath,
        ...optional('bias', path('bias')),
      };
    };
  },
});

function paddingOf(settings: Settings, rank: number): Padding {
  const given = settings.args.get('padding');
  if (given?.type === 'str' && (given.value === 'same' || given.value === 'valid')) return given.value;
  return perAxis(
    given,
    rank,
    Array.from({ length: rank }, () => 0),
  );
}

export const convolutionClasses: Readonly<Record<string, ClassValue>> = {
  Conv1d: layerClass(convolution(1)),
  Conv2d: layerClass(convolution(2)),
  Conv3d: layerClass(convolution(3)),
};
