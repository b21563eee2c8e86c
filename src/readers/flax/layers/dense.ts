import type { AxisRole, Dim, Shape } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { toDim } from '../../frameworks/sizes';
import { int, numberOf, type Value } from '../../python/values';
import { defaults } from '../initializers';
import { optional, types, unknownSize, type LayerDefinition, type Making, type Using } from './define';

const initializers = ['kernel_init', 'bias_init'];

/** A bias, where the layer has one. */
export function bias({ settings, weight }: Making, shape: Shape): void {
  if (settings.flag('use_bias', true))
    weight({
      name: 'bias',
      shape,
      role: 'bias',
      axes: shape.map(() => 'out'),
      initializer: 'bias_init',
      fallback: defaults.zeros,
    });
}

const dense: LayerDefinition = {
  linen: { name: 'Dense', fields: ['features', 'use_bias', ...types, ...initializers] },
  nnx: {
    name: 'Linear',
    parameters: ['in_features', 'out_features', 'use_bias', ...types, ...initializers],
    into: 'in_features',
    out: 'out_features',
  },
  weights: (making) => {
    const { into, out, weight } = making;
    weight({
      name: 'kernel',
      shape: [into, out],
      role: 'weight',
      axes: ['in', 'out'],
      initializer: 'kernel_init',
      fallback: defaults.kernel,
    });
    bias(making, [out]);
  },
  call: ({ into, out, key, natural }) =>
    natural({
      kind: 'linear',
      inFeatures: into,
      outFeatures: out,
      weight: key('kernel') ?? '',
      ...optional('bias', key('bias')),
    }),
};

/** `3`, `(3, 4)` */
function several(value: Value | undefined): readonly Value[] {
  if (!value) return [];
  return value.type === 'tuple' || value.type === 'list' ? value.items : [value];
}

interface General {
  readonly into: Shape;
  readonly out: Shape;
  /** Whether the axes that are summed over are the last ones. */
  readonly last: boolean;
}

/** The axes of a `DenseGeneral`: those of the input that it sums over, and those that it puts in their place. */
function generalOf({ args }: Making | Using, shape: Shape | undefined): General {
  const out = several(args.get('features') ?? args.get('out_features')).map(toDim);
  const axes = several(args.get('axis') ?? int(-1)).map(numberOf);
  const told = args.get('in_features');
  const last =
    axes.every((axis, at) => axis === at - axes.length) && !args.has('batch_dims') && !args.has('batch_axis');
  const into = told
    ? several(told).map(toDim)
    : axes.map((axis) => (axis === undefined ? undefined : shape?.at(axis)) ?? unknownSize('the shape of the input'));
  return { into, out, last };
}

const roles = (sizes: Shape, role: AxisRole): readonly AxisRole[] => sizes.map(() => role);

function generalWeights(making: Making & { readonly shape?: Shape | undefined }): void {
  const { into, out } = generalOf(making, making.shape);
  making.weight({
    name: 'kernel',
    shape: [...into, ...out],
    role: 'weight',
    axes: [...roles(into, 'in'), ...roles(out, 'out')],
    initializer: 'kernel_init',
    fallback: defaults.kernel,
  });
  bias(making, out);
}

/** Where the last axes of the input become the last axes of the output, it is a linear layer. */
function applyGeneral(using: Using): Value {
  const { shape, key, recording, x, opaque } = using;
  const { into, out, last } = generalOf(using, shape);
  if (!last || !shape || shape.length < into.length)
    return opaque('A linear layer over axes that are not the last ones is not understood yet.');
  const lead = shape.slice(0, shape.length - into.length);
  const flat =
    into.length === 1
      ? recording.natural(x)
      : recording.step({ kind: 'flatten', start: lead.length, end: -1 }, [recording.natural(x)]);
  const result = recording.step(
    {
      kind: 'linear',
      inFeatures: multiplySizes(into),
      outFeatures: multiplySizes(out),
      weight: key('kernel') ?? '',
      ...optional('bias', key('bias')),
    },
    [flat],
  );
  if (out.length === 1) return recording.tensor(result);
  const open: readonly Dim[] = lead.map((size, axis) => (axis === 0 ? -1 : size));
  return recording.add({ kind: 'reshape', shape: [...open, ...out] }, [result]);
}

const general: LayerDefinition = {
  linen: {
    name: 'DenseGeneral',
    fields: ['features', 'axis', 'batch_dims', 'use_bias', 'dtype', 'param_dtype', ...initializers, 'precision'],
  },
  nnx: {
    name: 'LinearGeneral',
    parameters: ['in_features', 'out_features', 'axis', 'batch_axis', 'use_bias', ...initializers],
  },
  weights: generalWeights,
  call: applyGeneral,
};

const embed: LayerDefinition = {
  linen: { name: 'Embed', fields: ['num_embeddings', 'features', 'dtype', 'param_dtype', 'embedding_init'] },
  nnx: {
    name: 'Embed',
    parameters: ['num_embeddings', 'features', 'dtype', 'param_dtype', 'embedding_init'],
    out: 'features',
  },
  weights: ({ settings, out, weight }) =>
    weight({
      name: 'embedding',
      shape: [settings.dim('num_embeddings'), out],
      role: 'embedding',
      axes: ['feature', 'out'],
      initializer: 'embedding_init',
      // variance_scaling(1, 'fan_in', 'normal', out_axis=0): the fan is that of the features.
      fallback: ([, features]) =>
        typeof features === 'number'
          ? { kind: 'normal', mean: 0, std: 1 / Math.sqrt(features) }
          : { kind: 'unknown', reason: 'the size that its variance depends on is not known' },
    }),
  call: ({ settings, out, key, natural }) =>
    natural({
      kind: 'embedding',
      vocabulary: settings.dim('num_embeddings'),
      features: out,
      weight: key('embedding') ?? '',
    }),
  methods: {
    /** Logits: the features against every row of the table. */
    attend: ({ settings, out, key, natural, variable }) => {
      const table = variable('embedding');
      if (table) table.axes = ['out', 'in'];
      return natural({
        kind: 'linear',
        inFeatures: out,
        outFeatures: settings.dim('num_embeddings'),
        weight: key('embedding') ?? '',
      });
    },
  },
};

export const denseLayers: readonly LayerDefinition[] = [dense, general, embed];
export { general as generalDense };
