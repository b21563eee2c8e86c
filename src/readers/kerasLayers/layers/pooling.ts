import type { Op } from '../../../network';
import { channelsFirstGiven, notGiven, overSpace, type LayerDefinition } from '../define';

type Reduce = 'max' | 'average';
type Rank = 1 | 2 | 3;
const names: Readonly<Record<Reduce, string>> = { max: 'Max', average: 'Average' };

const pooling = (reduce: Reduce, rank: Rank): LayerDefinition => ({
  name: `${names[reduce]}Pooling${rank}D`,
  parameters: ['pool_size', 'strides', 'padding', 'data_format'],
  call: (using) => {
    const { settings } = using;
    const kernel = settings.perAxis('pool_size', rank, 2);
    return overSpace(using, {
      kind: 'pool',
      reduce,
      kernel,
      stride: settings.has('strides') ? settings.perAxis('strides', rank, 1) : kernel,
      padding: settings.text('padding', 'valid').toLowerCase() === 'same' ? 'same' : 'valid',
      ceil: false,
      countPadding: false,
    });
  },
});

/** The mean or maximum over space: what is left are the channels. */
const globalPooling = (reduce: Reduce, rank: Rank): LayerDefinition => ({
  name: `Global${names[reduce]}Pooling${rank}D`,
  parameters: ['data_format', 'keepdims'],
  call: ({ settings, recording, x }) => {
    const keepDims = settings.flag('keepdims', false);
    const stored = channelsFirstGiven(settings);
    const axes = Array.from({ length: rank }, (_, axis) => axis + 2);
    const op: Op = { kind: 'reduce', how: reduce === 'max' ? 'max' : 'mean', axes, keepDims };
    return recording.add(op, [stored ? recording.natural(x) : recording.first(x)], keepDims && !stored);
  },
});

const adaptivePooling = (reduce: Reduce, rank: Rank): LayerDefinition => ({
  name: `Adaptive${names[reduce]}Pooling${rank}D`,
  parameters: ['output_size', 'data_format'],
  call: (using) =>
    overSpace(using, {
      kind: 'adaptivePool',
      reduce,
      output: using.settings.perAxis('output_size', rank, notGiven('output_size')),
    }),
});

const ranks: readonly Rank[] = [1, 2, 3];
const ways: readonly Reduce[] = ['max', 'average'];

export const poolingLayers: readonly LayerDefinition[] = ways.flatMap((reduce) =>
  ranks.flatMap((rank) => [pooling(reduce, rank), globalPooling(reduce, rank), adaptivePooling(reduce, rank)]),
);
