import type { ClassValue } from '../../python/values';
import { layerClass, type LayerDefinition } from './define';

/** The axis that PyTorch takes where none is given (`_get_softmax_dim`). */
export function implicitSoftmaxAxis(rank: number | undefined): number {
  return rank === undefined || rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
}

const softmax = (name: string, log: boolean): LayerDefinition => ({
  name,
  parameters: ['dim'],
  make: ({ settings }) => {
    const given = settings.args.get('dim');
    const axis = given && given.type !== 'none' ? settings.number('dim', -1) : undefined;
    return ({ trace, inputs }) => {
      const rank = inputs[0] && trace.shape(inputs[0])?.length;
      return { kind: 'softmax', axis: axis ?? (rank === undefined ? 1 : implicitSoftmaxAxis(rank)), log };
    };
  },
});

/** Over the channels of every place. */
const softmax2d: LayerDefinition = {
  name: 'Softmax2d',
  parameters: [],
  make: () => () => ({ kind: 'softmax', axis: -3, log: false }),
};

export const softmaxClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [softmax('Softmax', false), softmax('LogSoftmax', true), softmax2d].map((definition) => [
    definition.name,
    layerClass(definition),
  ]),
);
