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
import {
  affineParameters,
  biasWeight,
  channelsFirstGiven,
  lastSize,
  notGiven,
  optional,
  overSpace,
  type Building,
  type LayerDefinition,
  type Using,
} from '../define';
import type { Settings } from '../settings';

/** Where the filters of a convolution are laid. */
const placement = ['filters', 'kernel_size', 'strides', 'padding', 'data_format'];

export interface Geometry {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly dilation: PerAxis;
  readonly padding: Padding;
}

function geometry(settings: Settings, rank: number): Geometry {
  return {
    kernel: settings.perAxis('kernel_size', rank, notGiven('kernel_size')),
    stride: settings.perAxis('strides', rank, 1),
    dilation: settings.perAxis('dilation_rate', rank, 1),
    padding: settings.text('padding', 'valid').toLowerCase() === 'same' ? 'same' : 'valid',
  };
}

function channelsOf(settings: Settings, shape: Shape | undefined): Dim {
  return channelsFirstGiven(settings) ? (shape?.[1] ?? settings.input) : lastSize(shape, settings);
}

const kernelAxes = (rank: number): readonly AxisRole[] => Array.from({ length: rank }, () => 'kernel');

/** Padding `causal` is zeros before the first step only. */
function causal(using: Using, rank: number): Using | undefined {
  const { settings, recording, spatial } = using;
  if (settings.text('padding', 'valid') !== 'causal') return using;
  const { kernel, dilation } = geometry(settings, rank);
  const [size, spread] = [kernel[0], dilation[0]];
  if (rank !== 1 || !isKnown(size) || !isKnown(spread)) return undefined;
  const padded = spatial({ kind: 'pad', pads: [[spread * (size - 1), 0]], mode: 'constant', value: 0 });
  return { ...using, spatial: (op) => recording.add(op, [recording.first(padded)], true) };
}

const convolution = (rank: 1 | 2 | 3): LayerDefinition => ({
  name: `Conv${rank}D`,
  parameters: [...placement, 'dilation_rate', 'groups', 'activation', ...affineParameters],
  build: (building) => {
    const { settings, shape, dialect, weight } = building;
    const filters = settings.dim('filters');
    weight({
      name: 'kernel',
      shape: [
        ...geometry(settings, rank).kernel,
        groupSize(channelsOf(settings, shape), settings.dim('groups', 1)),
        filters,
      ],
      role: 'weight',
      axes: [...kernelAxes(rank), 'in', 'out'],
      initializer: 'kernel_initializer',
      fallback: dialect.kernelInitializer,
    });
    biasWeight(building, filters);
  },
  call: (given) => {
    const using = causal(given, rank);
    if (!using) return given.opaque('Causal padding is understood over one axis of known sizes only.');
    const { settings, shape, key, activated } = using;
    return activated(
      overSpace(using, {
        kind: 'conv',
        inChannels: channelsOf(settings, shape),
        outChannels: settings.dim('filters'),
        ...geometry(settings, rank),
        groups: settings.dim('groups', 1),
        weight: key('kernel') ?? '',
        ...optional('bias', key('bias')),
      }),
    );
  },
});

/** Every channel of the input is a group of its own, with `depth_multiplier` outputs. */
function depthwise(settings: Settings, shape: Shape | undefined, rank: number): Convolution {
  const channels = channelsOf(settings, shape);
  return {
    inChannels: channels,
    outChannels: multiplySizes([channels, settings.dim('depth_multiplier', 1)]),
    ...geometry(settings, rank),
    groups: channels,
  };
}

/** k×k×in×multiplier: both last axes count outputs. */
function depthwiseKernel({ settings, shape, weight }: Building, rank: number, name: string, fallback: string): void {
  weight({
    name,
    shape: [...geometry(settings, rank).kernel, channelsOf(settings, shape), settings.dim('depth_multiplier', 1)],
    role: 'weight',
    axes: [...kernelAxes(rank), 'out', 'out'],
    initializer: 'depthwise_initializer',
    fallback,
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
    const { settings, shape, dialect } = building;
    depthwiseKernel(building, rank, dialect.depthwiseKernel, dialect.kernelInitializer);
    biasWeight(building, multiplySizes([channelsOf(settings, shape), settings.dim('depth_multiplier', 1)]));
  },
  call: (using) =>
    using.activated(
      overSpace(using, {
        kind: 'conv',
        ...depthwise(using.settings, using.shape, rank),
        weight: using.key(using.dialect.depthwiseKernel) ?? '',
        ...optional('bias', using.key('bias')),
      }),
    ),
});

const separableConvolution = (rank: 1 | 2): LayerDefinition => ({
  name: `SeparableConv${rank}D`,
  parameters: [
    ...placement,
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
    depthwiseKernel(building, rank, 'depthwise_kernel', 'glorot_uniform');
    weight({
      name: 'pointwise_kernel',
      shape: [
        ...Array.from({ length: rank }, () => 1),
        multiplySizes([settings.dim('depth_multiplier', 1), channelsOf(settings, shape)]),
        filters,
      ],
      role: 'weight',
      axes: [...kernelAxes(rank), 'in', 'out'],
      initializer: 'pointwise_initializer',
      fallback: 'glorot_uniform',
    });
    biasWeight(building, filters);
  },
  call: (using) => {
    const { key, settings, shape, recording, activated } = using;
    const first = depthwise(settings, shape, rank);
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
    const made = channelsFirstGiven(settings)
      ? recording.add(op, [recording.natural(between)])
      : recording.add(op, [recording.first(between)], true);
    return activated(made);
  },
});

const transposedConvolution = (rank: 1 | 2 | 3): LayerDefinition => ({
  name: `Conv${rank}DTranspose`,
  parameters: [...placement, 'dilation_rate', 'activation', ...affineParameters, 'output_padding'],
  build: (building) => {
    const { settings, shape, dialect, weight } = building;
    const filters = settings.dim('filters');
    weight({
      name: 'kernel',
      shape: [...geometry(settings, rank).kernel, filters, channelsOf(settings, shape)],
      role: 'weight',
      axes: [...kernelAxes(rank), 'out', 'in'],
      initializer: 'kernel_initializer',
      fallback: dialect.kernelInitializer,
    });
    biasWeight(building, filters);
  },
  call: (using) => {
    const { settings, shape, key, activated, opaque } = using;
    const sizes = geometry(settings, rank);
    const border = settings.has('output_padding') ? undefined : transposedBorder(sizes);
    if (!border) return opaque('The sizes of this transposed convolution are not known.');
    return activated(
      overSpace(using, {
        kind: 'convTranspose',
        inChannels: channelsOf(settings, shape),
        outChannels: settings.dim('filters'),
        ...sizes,
        ...border,
        groups: 1,
        weight: key('kernel') ?? '',
        ...optional('bias', key('bias')),
      }),
    );
  },
});

/**
 * The output is (n − 1)·s + d·(k − 1) + 1 long for `valid`, but at least n·s, and n·s for `same`
 * (`compute_conv_transpose_output_length`). Undefined where a size is not known.
 */
export function transposedBorder({
  kernel,
  stride,
  dilation,
  padding,
}: Geometry): { readonly padding: Padding; readonly outputPadding: PerAxis } | undefined {
  if (padding === 'same') return { padding: 'same', outputPadding: kernel.map(() => 0) };
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
