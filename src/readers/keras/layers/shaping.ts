import { BATCH, isKnown, type Op } from '../../../network';
import { numberOf, type Value } from '../../python/values';
import { toDim } from '../../frameworks/sizes';
import { pairs, perAxis, toKerasShape } from '../sizes';
import { channelsFirstGiven, type LayerDefinition, type Using } from './define';

function overSpace(using: Using, op: Op): Value {
  return channelsFirstGiven(using.settings) ? using.natural(op) : using.spatial(op);
}

const flatten: LayerDefinition = {
  name: 'Flatten',
  parameters: ['data_format'],
  call: ({ recording, settings, shape, x, natural }) => {
    const op: Op = { kind: 'flatten', start: 1, end: -1 };
    if (shape?.length === 1) return natural({ kind: 'unsqueeze', axis: 1 });
    // With `channels_first` Keras puts the channels last before it flattens.
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
  call: ({ args, use, natural, opaque }) => {
    const sizes = toKerasShape(use.interpreter, args.value('target_shape'), false);
    return sizes
      ? natural({ kind: 'reshape', shape: [BATCH, ...sizes] })
      : opaque('The shape of this reshape is not known.');
  },
};

const permute: LayerDefinition = {
  name: 'Permute',
  parameters: ['dims'],
  call: ({ args, natural, opaque }) => {
    const dims = args.value('dims');
    const axes = dims.type === 'tuple' || dims.type === 'list' ? dims.items.map(numberOf) : [undefined];
    const known = axes.filter((axis) => axis !== undefined);
    return known.length === axes.length
      ? natural({ kind: 'permute', axes: [0, ...known] })
      : opaque('The order of the axes is not known.');
  },
};

const repeatVector: LayerDefinition = {
  name: 'RepeatVector',
  parameters: ['n'],
  call: ({ args, recording, natural }) => {
    const row = natural({ kind: 'unsqueeze', axis: 1 });
    return recording.add({ kind: 'tile', repeats: [1, toDim(args.value('n')), 1] }, [recording.natural(row)]);
  },
};

const padding = (rank: number): LayerDefinition => ({
  name: `ZeroPadding${rank}D`,
  parameters: ['padding', 'data_format'],
  call: (using) =>
    overSpace(using, { kind: 'pad', pads: pairs(using.args.get('padding'), rank, 1), mode: 'constant', value: 0 }),
});

const cropping = (rank: number): LayerDefinition => ({
  name: `Cropping${rank}D`,
  parameters: ['cropping', 'data_format'],
  call: (using) => {
    const given = pairs(using.args.get('cropping'), rank, rank === 2 ? 0 : 1);
    const pads = given.map(([before, after]) => [negative(before), negative(after)] as const);
    return overSpace(using, { kind: 'pad', pads, mode: 'constant', value: 0 });
  },
});

function negative(size: ReturnType<typeof toDim>): ReturnType<typeof toDim> {
  return isKnown(size) ? -size : { ...size, symbol: `-${size.symbol}` };
}

const modes: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
};

const upSampling = (rank: number): LayerDefinition => ({
  name: `UpSampling${rank}D`,
  parameters: rank === 1 ? ['size'] : rank === 2 ? ['size', 'data_format', 'interpolation'] : ['size', 'data_format'],
  call: (using) => {
    const factors = perAxis(using.args.get('size'), rank, 2);
    const mode = modes[using.settings.text('interpolation', 'nearest')];
    const known = factors.filter(isKnown);
    if (!mode || known.length < rank) return using.opaque('This upsampling is not understood.');
    return overSpace(using, { kind: 'upsample', mode, target: { kind: 'scale', factors: known }, alignCorners: false });
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
