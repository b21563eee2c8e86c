import {
  addSizes,
  isKnown,
  multiplySizes,
  type Convolution,
  type Dim,
  type OpOf,
  type Padding,
} from '../../../network';
import { none, type ClassValue, type Value } from '../../python/values';
import { biasDraw, groupSize, weightAxes, weightDraw } from '../defaults';
import { fromDim, fromShape, perAxis, type Settings } from '../../frameworks/sizes';
import {
  layerClass,
  optional,
  sharedBase,
  type LayerDefinition,
  type LayerForward,
  type LayerSetup,
  type LayerUse,
} from './define';
import { lazyClass } from './lazy';
import { withBias } from './linear';

/** `nn.modules.conv._ConvNd`: what all convolutions are instances of. */
export const convolutionBase = sharedBase('_ConvNd');

type Rank = 1 | 2 | 3;

const zeros = (rank: Rank): readonly Dim[] => Array.from({ length: rank }, () => 0);
const ones = (rank: Rank): readonly Dim[] => Array.from({ length: rank }, () => 1);

/** The geometry of a convolution, and its attributes. */
function geometry({ settings, attribute }: LayerSetup, rank: Rank): Convolution {
  const { args } = settings;
  const it: Convolution = {
    inChannels: settings.dim('in_channels'),
    outChannels: settings.dim('out_channels'),
    kernel: perAxis(args.value('kernel_size'), rank, ones(rank)),
    stride: perAxis(args.get('stride'), rank, ones(rank)),
    padding: paddingOf(settings, rank),
    dilation: perAxis(args.get('dilation'), rank, ones(rank)),
    groups: args.has('groups') ? settings.dim('groups') : 1,
  };
  attribute('in_channels', fromDim(it.inChannels));
  attribute('out_channels', fromDim(it.outChannels));
  attribute('groups', fromDim(it.groups));
  attribute('kernel_size', fromShape(it.kernel));
  attribute('stride', fromShape(it.stride));
  attribute('dilation', fromShape(it.dilation));
  if (typeof it.padding !== 'string') attribute('padding', fromShape(it.padding));
  return it;
}

function paddingOf(settings: Settings, rank: Rank): Padding {
  const given = settings.args.get('padding');
  if (given?.type === 'str' && (given.value === 'same' || given.value === 'valid')) return given.value;
  return perAxis(given, rank, zeros(rank));
}

function addBias(
  { settings, parameter, attribute }: LayerSetup,
  channels: Dim,
  weight: Parameters<typeof biasDraw>[0],
): void {
  if (settings.flag('bias', true)) parameter('bias', 'bias', [channels], ['out'], biasDraw(weight));
  else attribute('bias', none);
}

const convolution = (rank: Rank): LayerDefinition => ({
  name: `Conv${rank}d`,
  base: convolutionBase,
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
  make: (setup) => {
    const it = geometry(setup, rank);
    const mode = setup.settings.text('padding_mode', 'zeros');
    const shape = [it.outChannels, groupSize(it.inChannels, it.groups), ...it.kernel];
    addBias(setup, it.outChannels, setup.parameter('weight', 'weight', shape, weightAxes(rank), weightDraw));
    return convolved(it, mode);
  },
});

const padModes: Readonly<Record<string, OpOf<'pad'>['mode']>> = {
  reflect: 'reflect',
  replicate: 'replicate',
  circular: 'circular',
};

/** Padding other than with zeros is an operation of its own. */
function convolved(it: Convolution, mode: string): LayerForward {
  return (use) => {
    if (mode === 'zeros') return convolve(use, it, use.x);
    const pad = padModes[mode];
    const pads = padsOf(it);
    if (!pad || !pads) return use.opaque(`A convolution with padding_mode='${mode}' is not followed.`);
    return convolve(use, { ...it, padding: 'valid' }, use.add({ kind: 'pad', pads, mode: pad, value: 0 }));
  };
}

/** Before and behind each axis of space; PyTorch's `same` puts what is odd behind. */
function padsOf({ padding, kernel, dilation }: Convolution): OpOf<'pad'>['pads'] | undefined {
  if (padding === 'valid') return kernel.map(() => [0, 0] as const);
  if (padding !== 'same') return padding.map((size) => [size, size] as const);
  const totals = kernel.map((size, axis) => multiplySizes([dilation[axis] ?? 1, addSizes([size, -1])]));
  const known = totals.filter(isKnown);
  return known.length === totals.length
    ? known.map((total) => [Math.floor(total / 2), Math.ceil(total / 2)] as const)
    : undefined;
}

function convolve(use: LayerUse, it: Convolution, x: Value): Value {
  const weight = use.path('weight');
  if (weight !== undefined) return use.add({ kind: 'conv', ...it, weight, ...optional('bias', use.path('bias')) }, [x]);
  const computed = use.computed('weight');
  if (!computed) return use.opaque(`The weight of ${use.layer.cls.name} is not a parameter.`, [x]);
  return withBias(use, use.add({ kind: 'dynamicConv', ...it }, [x, computed]), it.kernel.length);
}

const transposed = (rank: Rank): LayerDefinition => ({
  name: `ConvTranspose${rank}d`,
  base: convolutionBase,
  parameters: [
    'in_channels',
    'out_channels',
    'kernel_size',
    'stride',
    'padding',
    'output_padding',
    'groups',
    'bias',
    'dilation',
    'padding_mode',
    'device',
    'dtype',
  ],
  make: (setup) => {
    const it = geometry(setup, rank);
    const outputPadding = perAxis(setup.settings.args.get('output_padding'), rank, zeros(rank));
    setup.attribute('output_padding', fromShape(outputPadding));
    const shape = [it.inChannels, groupSize(it.outChannels, it.groups), ...it.kernel];
    // PyTorch's own fan-in of this weight is that of its second axis, whatever that means here.
    addBias(
      setup,
      it.outChannels,
      setup.parameter('weight', 'weight', shape, ['in', 'out', ...weightAxes(rank).slice(2)], weightDraw),
    );
    return (use) => {
      const asked = use.arguments(['input', 'output_size']).get('output_size');
      const chosen = !asked || asked.type === 'none' ? outputPadding : paddingFor(use, it, perAxis(asked, rank, []));
      const weight = use.path('weight');
      if (!chosen) return use.opaque(`The \`output_size\` of this ${use.layer.cls.name} is not followed.`);
      if (weight !== undefined)
        return use.add({
          kind: 'convTranspose',
          ...it,
          outputPadding: chosen,
          weight,
          ...optional('bias', use.path('bias')),
        });
      const computed = use.computed('weight');
      return computed
        ? transposedBy(use, it, chosen, computed)
        : use.opaque(`The weight of ${use.layer.cls.name} is not a parameter.`);
    };
  },
});

/**
 * A transposed convolution with a kernel that is computed: a convolution of the stretched input, zeros between its elements, with the
 * kernel turned around.
 */
function transposedBy(use: LayerUse, it: Convolution, outputPadding: readonly Dim[], kernel: Value): Value {
  const { add, opaque, trace, x } = use;
  const shape = trace.shape(x);
  const margins = it.kernel.map((size, axis) => {
    const padding = typeof it.padding === 'string' ? 0 : (it.padding[axis] ?? 0);
    const reach = addSizes([
      multiplySizes([it.dilation[axis] ?? 1, addSizes([size, -1])]),
      multiplySizes([-1, padding]),
    ]);
    return [reach, addSizes([reach, outputPadding[axis] ?? 0])] as const;
  });
  if (it.groups !== 1 || shape?.length !== it.kernel.length + 2)
    return opaque('This transposed convolution with a computed kernel is not followed.', [x, kernel]);
  const stretched = it.stride.reduce<Value>((value, stride, space) => stretch(use, value, space + 2, stride), x);
  const padded = add({ kind: 'pad', pads: margins, mode: 'constant', value: 0 }, [stretched]);
  const space = it.kernel.map((_, axis) => axis + 2);
  const turned = add({ kind: 'flip', axes: space }, [add({ kind: 'permute', axes: [1, 0, ...space] }, [kernel])]);
  const geometry: Convolution = { ...it, stride: it.stride.map(() => 1), padding: 'valid' };
  return withBias(use, add({ kind: 'dynamicConv', ...geometry }, [padded, turned]), it.kernel.length);
}

/** With stride − 1 zeros between the elements of an axis. */
function stretch({ add, trace }: LayerUse, x: Value, axis: number, stride: Dim): Value {
  const shape = trace.shape(x);
  const size = shape?.[axis];
  if (stride === 1 || !shape || size === undefined) return x;
  const behind = addSizes([stride, -1]);
  const after = shape.length - axis - 1;
  const pads = [[0, behind] as const, ...Array.from({ length: after }, () => [0, 0] as const)];
  const apart = add({ kind: 'pad', pads, mode: 'constant', value: 0 }, [
    add({ kind: 'unsqueeze', axis: axis + 1 }, [x]),
  ]);
  const joined = add({ kind: 'flatten', start: axis, end: axis + 1 }, [apart]);
  const tail = [[0, multiplySizes([-1, behind])] as const, ...Array.from({ length: after }, () => [0, 0] as const)];
  return add({ kind: 'pad', pads: tail, mode: 'constant', value: 0 }, [joined]);
}

/** The output padding that gives this size; undefined where a size is not known. */
function paddingFor({ trace, x }: LayerUse, it: Convolution, asked: readonly Dim[]): readonly Dim[] | undefined {
  const space = trace.shape(x)?.slice(2);
  const { padding } = it;
  const paddings = it.kernel.map((kernel, axis) => {
    const [size, stride, dilation, want] = [space?.[axis], it.stride[axis], it.dilation[axis], asked[axis]];
    const pad = typeof padding === 'string' ? 0 : padding[axis];
    if (![size, stride, dilation, want, kernel, pad].every(isKnown)) return undefined;
    const least = [size, stride, dilation, want, kernel, pad].filter(isKnown);
    const [n = 0, s = 1, d = 1, w = 0, k = 1, p = 0] = least;
    return w - ((n - 1) * s - 2 * p + d * (k - 1) + 1);
  });
  const known = paddings.filter(isKnown);
  return known.length === paddings.length && known.every((one) => one >= 0) ? known : undefined;
}

const ranks: readonly Rank[] = [1, 2, 3];
const definitions = ranks.flatMap((rank) => [convolution(rank), transposed(rank)]);

export const convolutionClasses: Readonly<Record<string, ClassValue>> = {
  ...Object.fromEntries(definitions.map((definition) => [definition.name, layerClass(definition)])),
  ...Object.fromEntries(
    definitions.map((definition) => {
      const name = `Lazy${definition.name}`;
      return [name, lazyClass(name, definition, 'in_channels', 1)];
    }),
  ),
};
