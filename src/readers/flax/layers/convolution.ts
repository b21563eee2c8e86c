import { isKnown, type AxisRole, type Convolution, type Dim, type Padding, type PerAxis } from '../../../network';
import { toDim } from '../../frameworks/sizes';
import { transposedBorder } from '../../kerasLayers/layers/convolution';
import { perAxis } from '../../keras/sizes';
import { groupSize } from '../../pytorch/defaults';
import { numberOf, type Value } from '../../python/values';
import { defaults } from '../initializers';
import { bias } from './dense';
import { optional, types, type LayerDefinition, type Made, type Making, type Using } from './define';

const behind = ['use_bias', 'mask', ...types, 'kernel_init', 'bias_init'];
const geometryNames = ['kernel_size', 'strides', 'padding', 'input_dilation', 'kernel_dilation', 'feature_group_count'];

/** The number of axes of space; undefined where it is not known. */
function kernelOf({ args }: Made): PerAxis | undefined {
  const given = args.value('kernel_size');
  if (numberOf(given) !== undefined) return [toDim(given)];
  return given.type === 'tuple' || given.type === 'list' ? given.items.map(toDim) : undefined;
}

type Pairs = readonly (readonly [Dim, Dim])[];

/** Padding by a rule, by a number, or by pairs of numbers for each axis. */
function paddingOf(
  given: Value | undefined,
  rank: number,
): 'SAME' | 'VALID' | 'CIRCULAR' | 'REFLECT' | 'CAUSAL' | Pairs | undefined {
  if (!given) return 'SAME';
  if (given.type === 'str') {
    const rule = given.value.toUpperCase();
    return rule === 'SAME' || rule === 'VALID' || rule === 'CIRCULAR' || rule === 'REFLECT' || rule === 'CAUSAL'
      ? rule
      : undefined;
  }
  const both = (value: Value): readonly [Dim, Dim] => [toDim(value), toDim(value)];
  if (numberOf(given) !== undefined) return Array.from({ length: rank }, () => both(given));
  if ((given.type !== 'tuple' && given.type !== 'list') || given.items.length !== rank) return undefined;
  return given.items.map((item) => {
    const [before, after] = item.type === 'tuple' || item.type === 'list' ? item.items : [];
    return before && after ? [toDim(before), toDim(after)] : both(item);
  });
}

const kernelAxes = (kernel: PerAxis): readonly AxisRole[] => kernel.map(() => 'kernel');
const groupsOf = ({ args, settings }: Made): Dim =>
  args.has('feature_group_count') ? settings.dim('feature_group_count') : 1;

function convolutionWeights(making: Making): void {
  const kernel = kernelOf(making);
  if (!kernel) return;
  making.weight({
    name: 'kernel',
    shape: [...kernel, groupSize(making.into, groupsOf(making)), making.out],
    role: 'weight',
    axes: [...kernelAxes(kernel), 'in', 'out'],
    initializer: 'kernel_init',
    fallback: defaults.kernel,
  });
  bias(making, [making.out]);
}

/** What is put around the input before a convolution without padding. */
interface Border {
  readonly pads: Pairs;
  readonly mode: 'constant' | 'circular' | 'reflect';
}

function borderOf(
  rule: 'CIRCULAR' | 'REFLECT' | 'CAUSAL' | Pairs,
  kernel: PerAxis,
  dilation: PerAxis,
): Border | undefined {
  if (typeof rule === 'object') return { pads: rule, mode: 'constant' };
  const reach: number[] = [];
  for (const [axis, size] of kernel.entries()) {
    const by = dilation[axis] ?? 1;
    if (!isKnown(size) || !isKnown(by)) return undefined;
    reach.push((size - 1) * by + 1);
  }
  if (rule === 'CAUSAL') return { pads: reach.map((size) => [size - 1, 0]), mode: 'constant' };
  const pads = reach.map((size) => [Math.floor((size - 1) / 2), Math.floor(size / 2)] as const);
  return { pads, mode: rule === 'CIRCULAR' ? 'circular' : 'reflect' };
}

const isEven = (pairs: Pairs): boolean => pairs.every(([before, after]) => before === after);

function convolve(using: Using): Value {
  const { args, settings, shape, into, out, key, recording, x, opaque } = using;
  const kernel = kernelOf(using);
  if (!kernel) return opaque('The size of the kernel of this convolution is not known.');
  const rank = kernel.length;
  if (shape && shape.length !== rank + 2)
    return opaque('A convolution over other axes than one batch, space and channels is not understood yet.');
  const dilated = args.get('input_dilation');
  const masked = args.get('mask');
  if ((dilated && dilated.type !== 'none' && numberOf(dilated) !== 1) || (masked && masked.type !== 'none'))
    return opaque('A convolution with a mask or a dilated input is not understood yet.');
  const rule = paddingOf(args.get('padding'), rank);
  const dilation = perAxis(args.get('kernel_dilation'), rank, 1);
  const stride = perAxis(args.get('strides'), rank, 1);
  const op = (
    padding: Padding,
  ): { readonly kind: 'conv'; readonly weight: string; readonly bias?: string } & Convolution => ({
    kind: 'conv',
    inChannels: into,
    outChannels: out,
    kernel,
    stride,
    dilation,
    padding,
    groups: groupsOf({ ...using, settings }),
    weight: key('kernel') ?? '',
    ...optional('bias', key('bias')),
  });
  if (rule === undefined) return opaque('The padding of this convolution is not understood.');
  if (rule === 'SAME' || rule === 'VALID') return using.spatial(op(rule === 'SAME' ? 'same' : 'valid'));
  if (typeof rule === 'object' && isEven(rule)) return using.spatial(op(rule.map(([before]) => before)));
  const border = borderOf(rule, kernel, dilation);
  if (!border) return opaque('The padding of this convolution is not known.');
  const padded = recording.step({ kind: 'pad', ...border, value: 0 }, [recording.first(x)]);
  return recording.add(op('valid'), [padded], true);
}

const convolution: LayerDefinition = {
  linen: { name: 'Conv', fields: ['features', ...geometryNames, ...behind] },
  nnx: {
    name: 'Conv',
    parameters: ['in_features', 'out_features', 'kernel_size', 'strides', ...geometryNames.slice(2), ...behind],
    into: 'in_features',
    out: 'out_features',
  },
  weights: convolutionWeights,
  call: convolve,
};

const transposedNames = ['kernel_size', 'strides', 'padding', 'kernel_dilation'];

const transposed: LayerDefinition = {
  linen: { name: 'ConvTranspose', fields: ['features', ...transposedNames, ...behind, 'transpose_kernel'] },
  nnx: {
    name: 'ConvTranspose',
    parameters: ['in_features', 'out_features', ...transposedNames, ...behind, 'transpose_kernel'],
    into: 'in_features',
    out: 'out_features',
  },
  weights: (making) => {
    const kernel = kernelOf(making);
    if (!kernel) return;
    const { into, out, settings } = making;
    const flipped = settings.flag('transpose_kernel', false);
    making.weight({
      name: 'kernel',
      shape: [...kernel, ...(flipped ? [out, into] : [into, out])],
      role: 'weight',
      axes: [...kernelAxes(kernel), ...(flipped ? (['out', 'in'] as const) : (['in', 'out'] as const))],
      initializer: 'kernel_init',
      fallback: defaults.kernel,
    });
    bias(making, [out]);
  },
  call: (using) => {
    const { args, into, out, key, spatial, opaque } = using;
    const kernel = kernelOf(using);
    const rule = kernel && paddingOf(args.get('padding'), kernel.length);
    if (!kernel || (rule !== 'SAME' && rule !== 'VALID'))
      return opaque('The sizes or the padding of this transposed convolution are not understood yet.');
    const rank = kernel.length;
    const sizes = {
      kernel,
      stride: perAxis(args.get('strides'), rank, 1),
      dilation: perAxis(args.get('kernel_dilation'), rank, 1),
      padding: rule === 'SAME' ? 'same' : 'valid',
    } as const;
    const border = transposedBorder(sizes);
    if (!border) return opaque('The sizes of this transposed convolution are not known.');
    return spatial({
      kind: 'convTranspose',
      inChannels: into,
      outChannels: out,
      ...sizes,
      ...border,
      groups: 1,
      weight: key('kernel') ?? '',
      ...optional('bias', key('bias')),
    });
  },
};

export const convolutionLayers: readonly LayerDefinition[] = [convolution, transposed];
