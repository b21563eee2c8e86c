import type { Op } from '../../../network';
import type { Value } from '../../python/values';
import { perAxis } from '../sizes';
import { channelsFirstGiven, type LayerDefinition, type Using } from './define';

type Reduce = 'max' | 'average';
type Rank = 1 | 2 | 3;
const names: Readonly<Record<Reduce, string>> = { max: 'Max', average: 'Average' };

function overSpace(using: Using, op: Op): Value {
  return channelsFirstGiven(using.settings) ? using.natural(op) : using.spatial(op);
}

const pooling = (reduce: Reduce, rank: Rank): LayerDefinition => ({
  name: `${names[reduce]}Pooling${rank}D`,
  parameters: ['pool_size', 'strides', 'padding', 'data_format'],
  call: (using) => {
    const { args, settings } = using;
    const kernel = perAxis(args.get('pool_size'), rank, 2);
    const strides = args.get('strides');
    return overSpace(using, {
      kind: 'pool',
      reduce,
      kernel,
      stride: strides && strides.type !== 'none' ? perAxis(strides, rank, 1) : kernel,
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
  call: (using) => {
    const { settings, recording } = using;
    const keepDims = settings.flag('keepdims', false);
    const raw = channelsFirstGiven(settings);
    const axes = Array.from({ length: rank }, (_, axis) => axis + 2);
    const op: Op = { kind: 'reduce', how: reduce === 'max' ? 'max' : 'mean', axes, keepDims };
    const steps = [raw ? recording.natural(using.x) : recording.first(using.x)];
    return recording.add(op, steps, keepDims && !raw);
  },
});

const adaptivePooling = (reduce: Reduce, rank: Rank): LayerDefinition => ({
  name: `Adaptive${names[reduce]}Pooling${rank}D`,
  parameters: ['output_size', 'data_format'],
  call: (using) =>
    overSpace(using, { kind: 'adaptivePool', reduce, output: perAxis(using.args.value('output_size'), rank, 1) }),
});

const ranks: readonly Rank[] = [1, 2, 3];
const ways: readonly Reduce[] = ['max', 'average'];

export const poolingLayers: readonly LayerDefinition[] = ways.flatMap((reduce) =>
  ranks.flatMap((rank) => [pooling(reduce, rank), globalPooling(reduce, rank), adaptivePooling(reduce, rank)]),
);
