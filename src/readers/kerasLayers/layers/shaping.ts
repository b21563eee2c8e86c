import { BATCH, isKnown, type Dim, type Op } from '../../../network';
import { interpolations } from './interpolation';
import { channelsFirstGiven, overSpace, type LayerDefinition } from '../define';
import { allKnown } from '../settings';

const flatten: LayerDefinition = {
  name: 'Flatten',
  parameters: ['data_format'],
  call: ({ recording, settings, shape, x, natural }) => {
    const op: Op = { kind: 'flatten', start: 1, end: -1 };
    if (shape?.length === 1) return natural({ kind: 'unsqueeze', axis: 1 });
    // With `channels_first` the channels are put last before it flattens.
    if (channelsFirstGiven(settings) && shape && shape.length > 2) {
      const axes = [0, ...Array.from({ length: shape.length - 2 }, (_, at) => at + 2), 1];
      return recording.add(op, [recording.step({ kind: 'permute', axes }, [recording.natural(x)])]);
    }
    // Channels alone are flattened in any order.
    const alone = shape?.slice(1, -1).every((size) => size === 1) ?? false;
    return recording.add(op, [alone ? recording.first(x) : recording.natural(x)]);
  },
};

const reshape: LayerDefinition = {
  name: 'Reshape',
  parameters: ['target_shape'],
  call: ({ settings, natural, opaque }) => {
    // null stands for the size that follows from the others.
    const sizes = settings.sizes('target_shape', () => -1, true);
    return sizes
      ? natural({ kind: 'reshape', shape: [BATCH, ...sizes] })
      : opaque('The shape of this reshape is not known.');
  },
};

const permute: LayerDefinition = {
  name: 'Permute',
  parameters: ['dims'],
  call: ({ settings, natural, opaque }) => {
    const dims = settings.numbers('dims');
    return dims ? natural({ kind: 'permute', axes: [0, ...dims] }) : opaque('The order of the axes is not known.');
  },
};

const repeatVector: LayerDefinition = {
  name: 'RepeatVector',
  parameters: ['n'],
  call: ({ settings, recording, natural }) => {
    const row = natural({ kind: 'unsqueeze', axis: 1 });
    return recording.add({ kind: 'tile', repeats: [1, settings.dim('n'), 1] }, [recording.natural(row)]);
  },
};

const padding = (rank: number): LayerDefinition => ({
  name: `ZeroPadding${rank}D`,
  parameters: ['padding', 'data_format'],
  call: (using) =>
    overSpace(using, { kind: 'pad', pads: using.settings.pairs('padding', rank, 1), mode: 'constant', value: 0 }),
});

const cropping = (rank: number): LayerDefinition => ({
  name: `Cropping${rank}D`,
  parameters: ['cropping', 'data_format'],
  call: (using) => {
    const given = using.settings.pairs('cropping', rank, rank === 2 ? 0 : 1);
    const pads = given.map(([before, behind]) => [negative(before), negative(behind)] as const);
    return overSpace(using, { kind: 'pad', pads, mode: 'constant', value: 0 });
  },
});

const negative = (size: Dim): Dim => (isKnown(size) ? -size : { ...size, symbol: `-${size.symbol}` });

const upSampling = (rank: number): LayerDefinition => ({
  name: `UpSampling${rank}D`,
  parameters: ['size', ...(rank === 1 ? [] : ['data_format']), ...(rank === 2 ? ['interpolation'] : [])],
  call: (using) => {
    const factors = allKnown(using.settings.perAxis('size', rank, 2));
    const mode = interpolations[using.settings.text('interpolation', 'nearest')];
    if (!mode || !factors) return using.opaque('This upsampling is not understood.');
    return overSpace(using, { kind: 'upsample', mode, target: { kind: 'scale', factors }, alignCorners: false });
  },
});

const ranks = [1, 2, 3];

export const shapingLayers: readonly LayerDefinition[] = [
  flatten,
  reshape,
  permute,
  repeatVector,
  ...ranks.flatMap((rank) => [padding(rank), cropping(rank), upSampling(rank)]),
];
