import {
  isKnown,
  type AxisRole,
  type Convolution,
  type Dim,
  type Op,
  type Padding,
  type PerAxis,
  type Shape,
} from '../../../network';
import { multiplySizes } from '../../../network/size';
import { groupSize } from '../../pytorch/defaults';
import type { Value } from '../../python/values';
import type { Settings } from '../../frameworks/sizes';
import { perAxis } from '../sizes';
import { channelsFirstGiven, lastSize, optional, type Building, type LayerDefinition, type Using } from './define';

const common = ['use_bias', 'kernel_initializer', 'bias_initializer'];

interface Geometry {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly dilation: PerAxis;
  readonly padding: Padding;
}

function geometry({ args, settings }: Pick<Using, 'args' | 'settings'>, rank: number): Geometry {
  return {
    kernel: perAxis(args.value('kernel_size'), rank, 1),
    stride: perAxis(args.get('strides'), rank, 1),
    dilation: perAxis(args.get('dilation_rate'), rank, 1),
    padding: settings.text('padding', 'valid').toLowerCase() === 'same' ? 'same' : 'valid',
  };
}

function channelsOf(settings: Settings, shape: Shape | undefined): Dim {
  return channelsFirstGiven(settings) ? (shape?.[1] ?? lastSize(undefined)) : lastSize(shape);
}

const kernelAxes = (rank: number): readonly AxisRole[] => Array.from({ length: rank }, () => 'kernel');

/** Apply an operation over pictures in the order of the layer's `data_format`. */
function overSpace(using: Using, op: Op): Value {
  return channelsFirstGiven(using.settings) ? using.natural(op) : using.spatial(op);
}

function bias({ settings, weight }: Building, size: Dim): void {
  if (settings.flag('use_bias', true))
    weight({
      name: 'bias',
      shape: [size],
      role: 'bias',
      axes: ['out'],
      initializer: 'bias_initializer',
      fallback: 'zeros',
    });
}

/** Padding `causal` is zeros before the first step only. */
function causal(using: Using, rank: number): Using | undefined {
  const { settings, args } = using;
  if (settings.text('padding', 'valid') !== 'causal') return using;
  const [kernel, dilation] = [
    perAxis(args.value('kernel_size'), rank, 1)[0],
    perAxis(args.get('dilation_rate'), rank, 1)[0],
  ];
  if (rank !== 1 || !isKnown(kernel) || !isKnown(dilation)) return undefined;
  const before = dilation * (kernel - 1);
  const padded = using.spatial({ kind: 'pad', pads: [[before, 0]], mode: 'constant', value: 0 });
  return { ...using, spatial: (op) => using.recording.add(op, [using.recording.first(padded)], true) };
}

const convolution = (rank: 1 | 2 | 3): LayerDefinition => ({
  name: `Conv${rank}D`,
  parameters: [
    'filters',
    'kernel_size',
    'strides',
    'padding',
    'data_format',
    'dilation_rate',
    'groups',
    'activation',
    ...common,
  ],
  build: (building) => {
    const { args, settings, shape, weight } = building;
    const filters = settings.dim('filters');
    const groups = args.has('groups') ? settings.dim('groups') : 1;
    weight({
      name: 'kernel',
      shape: [...geometry(building, rank).kernel, groupSize(channelsOf(settings, shape), groups), filters],
      role: 'weight',
      axes: [...kernelAxes(rank), 'in', 'out'],
      initializer: 'kernel_initializer',
      fallback: 'glorot_uniform',
    });
    bias(building, filters);
  },
  call: (given) => {
    const using = causal(given, rank);
    if (!using) return given.opaque('Causal padding is understood over one axis of known sizes only.');
    const { args, settings, shape, key, activated } = using;
    return activated(
      overSpace(using, {
        kind: 'conv',
        inChannels: channelsOf(settings, shape),
        outChannels: settings.dim('filters'),
        ...geometry(using, rank),
        groups: args.has('groups') ? settings.dim('groups') : 1,
        weight: key('kernel') ?? '',
        ...optional('bias', key('bias')),
      }),
    );
  },
});

/** Every channel of the input is a group of its own, with `depth_multiplier` outputs. */
function depthwise({ args, settings, shape, ...rest }: Using, rank: number): Convolution {
  const channels = channelsOf(settings, shape);
  return {
    inChannels: channels,
    outChannels: multiplySizes([channels, depth({ args, settings })]),
    ...geometry({ args, settings, ...rest }, rank),
    groups: channels,
  };
}

function depth({ args, settings }: Pick<Using, 'args' | 'settings'>): Dim {
  return args.has('depth_multiplier') ? settings.dim('depth_multiplier') : 1;
}

/** k×k×in×multiplier: both last axes count outputs. */
function depthwiseKernel(building: Building, rank: number, name: string, initializer: string): void {
  const { settings, shape, weight } = building;
  weight({
    name,
    shape: [...geometry(building, rank).kernel, channelsOf(settings, shape), depth(building)],
    role: 'weight',
    axes: [...kernelAxes(rank), 'out', 'out'],
    initializer,
    fallback: 'glorot_uniform',
  });
}

const depthwiseConvolution = (rank: 1 | 2): LayerDefinition => ({
  name: `DepthwiseConv${rank}D`,
  parameters: [
    'kernel_size',
    'strides',
    'padding',
    'depth_multiplier',
    'data_format',
    'dilation_rate',
    'activation',
    'use_bias',
    'depthwise_initializer',
    'bias_initializer',
  ],
  build: (building) => {
    depthwiseKernel(building, rank, 'kernel', 'depthwise_initializer');
    bias(building, multiplySizes([channelsOf(building.settings, building.shape), depth(building)]));
  },
  call: (using) =>
    using.activated(
      overSpace(using, {
        kind: 'conv',
        ...depthwise(using, rank),
        weight: using.key('kernel') ?? '',
        ...optional('bias', using.key('bias')),
      }),
    ),
});

const separableConvolution = (rank: 1 | 2): LayerDefinition => ({
  name: `SeparableConv${rank}D`,
  parameters: [
    'filters',
    'kernel_size',
    'strides',
    'padding',
    'data_format',
    'dilation_rate',
    'depth_multiplier',
    'activation',
    'use_bias',
    'depthwise_initializer',
    'pointwise_initializer',
    'bias_initializer',
  ],
  build: (building) => {
    const { settings, shape, weight } = building;
    const filters = settings.dim('filters');
    depthwiseKernel(building, rank, 'depthwise_kernel', 'depthwise_initializer');
    weight({
      name: 'pointwise_kernel',
      shape: [
        ...Array.from({ length: rank }, () => 1),
        multiplySizes([depth(building), channelsOf(settings, shape)]),
        filters,
      ],
      role: 'weight',
      axes: [...kernelAxes(rank), 'in', 'out'],
      initializer: 'pointwise_initializer',
      fallback: 'glorot_uniform',
    });
    bias(building, filters);
  },
  call: (using) => {
    const { key, settings, recording, activated } = using;
    const first = depthwise(using, rank);
    const ones = Array.from({ length: rank }, () => 1);
    const between = overSpace(using, { kind: 'conv', ...first, weight: key('depthwise_kernel') ?? '' });
    const op: Op = {
      kind: 'conv',
      inChannels: first.outChannels,
      outChannels: settings.dim('filters'),
      kernel: ones,
      stride: ones,
      dilation: ones,
      padding: 'valid',
      groups: 1,
      weight: key('pointwise_kernel') ?? '',
      ...optional('bias', key('bias')),
    };
    const raw = channelsFirstGiven(settings);
    return activated(
      raw ? recording.add(op, [recording.natural(between)]) : recording.add(op, [recording.first(between)], true),
    );
  },
});

const transposedConvolution = (rank: 1 | 2 | 3): LayerDefinition => ({
  name: `Conv${rank}DTranspose`,
  parameters: [
    'filters',
    'kernel_size',
    'strides',
    'padding',
    'data_format',
    'dilation_rate',
    'activation',
    ...common,
    'output_padding',
  ],
  build: (building) => {
    const { settings, shape, weight } = building;
    const filters = settings.dim('filters');
    weight({
      name: 'kernel',
      shape: [...geometry(building, rank).kernel, filters, channelsOf(settings, shape)],
      role: 'weight',
      axes: [...kernelAxes(rank), 'out', 'in'],
      initializer: 'kernel_initializer',
      fallback: 'glorot_uniform',
    });
    bias(building, filters);
  },
  call: (using) => {
    const { args, settings, shape, key, activated } = using;
    const sizes = geometry(using, rank);
    const border = transposedBorder(sizes, args.get('output_padding'), rank);
    if (!border) return using.opaque('The sizes of this transposed convolution are not known.');
    const op: Op = {
      kind: 'convTranspose',
      inChannels: channelsOf(settings, shape),
      outChannels: settings.dim('filters'),
      ...sizes,
      ...border,
      groups: 1,
      weight: key('kernel') ?? '',
      ...optional('bias', key('bias')),
    };
    return activated(overSpace(using, op));
  },
});

/**
 * Keras' output is (n − 1)·s + d·(k − 1) + 1 long for `valid`, but at least n·s, and n·s for `same`
 * (`compute_conv_transpose_output_length`).
 */
export function transposedBorder(
  { kernel, stride, dilation, padding }: Geometry,
  outputPadding: Value | undefined,
  rank: number,
): { readonly padding: Padding; readonly outputPadding: PerAxis } | undefined {
  if (outputPadding && outputPadding.type !== 'none') return undefined;
  const zeros = Array.from({ length: rank }, () => 0);
  if (padding === 'same') return { padding: 'same', outputPadding: zeros };
  const behind: number[] = [];
  for (const [axis, size] of kernel.entries()) {
    const [by, spread] = [stride[axis], dilation[axis]];
    if (!isKnown(size) || !isKnown(by) || !isKnown(spread)) return undefined;
    behind.push(Math.max(0, by - ((size - 1) * spread + 1)));
  }
  return { padding: 'valid', outputPadding: behind };
}

export const convolutionLayers: readonly LayerDefinition[] = [
  convolution(1),
  convolution(2),
  convolution(3),
  depthwiseConvolution(1),
  depthwiseConvolution(2),
  separableConvolution(1),
  separableConvolution(2),
  transposedConvolution(1),
  transposedConvolution(2),
  transposedConvolution(3),
];
