import { multiplySizes, sameDim, type Convolution, type Dim, type Padding } from '../../../network';
import { numberOf, type Value } from '../../python/values';
import { perAxis } from '../../frameworks/sizes';
import { asWeight } from './affine';
import { Arithmetic } from './arithmetic';
import { function_, type FunctionUse, type TensorFunction } from './define';

/** A bias that is computed is added; one that is a parameter belongs to the operation. */
function withBias(use: FunctionUse, space: number, make: (bias: { bias?: string }) => Value): Value {
  const bias = use.given('bias');
  const path = use.parameterPath('bias');
  if (!bias || path !== undefined) return make(path === undefined ? {} : { bias: path });
  const arithmetic = new Arithmetic(use.call);
  const shape = [-1, ...Array.from({ length: space }, () => 1)];
  return arithmetic.add(make({}), space === 0 ? bias : arithmetic.op({ kind: 'reshape', shape }, bias));
}

/** The parameter of so many axes that a tensor is a run of rows of, and where they begin. */
function rowsOf(
  { trace }: FunctionUse,
  value: Value,
  rank: number,
): { readonly path: string; readonly first: Dim } | undefined {
  const op = trace?.opOf(value);
  if (!trace || op?.kind !== 'slice' || op.axis !== 0 || op.step !== 1) return undefined;
  const whole = trace.inputOp(value);
  return whole?.kind === 'parameter' && whole.shape.length === rank
    ? { path: whole.parameter, first: op.start }
    : undefined;
}

/** x · Wᵀ + b, with a weight that is a parameter, rows of one, or computed. */
export const linearFunction = function_(['weight', 'bias'], (use) => {
  const weight = use.args.value('weight');
  asWeight(weight, 0);
  const shape = use.shape(weight);
  const [outFeatures, inFeatures] = shape ?? [];
  const bias = use.given('bias');
  const path = use.parameterPath('weight');
  const arithmetic = new Arithmetic(use.call);
  if (outFeatures !== undefined && inFeatures !== undefined) {
    const op = { kind: 'linear', inFeatures, outFeatures } as const;
    if (path !== undefined) return withBias(use, 0, (fields) => use.add({ ...op, weight: path, ...fields }));
    // Packed projections share their bias as they share their weight.
    const rows = rowsOf(use, weight, 2);
    const shifts = bias && rowsOf(use, bias, 1);
    if (rows && (!bias || (shifts && sameDim(shifts.first, rows.first))))
      return use.add({ ...op, weight: rows.path, ...(shifts ? { bias: shifts.path } : {}), firstOutput: rows.first });
  }
  const turned = shape?.length === 1 ? weight : arithmetic.op({ kind: 'permute', axes: [1, 0] }, weight);
  const product = arithmetic.op({ kind: 'matmul' }, use.x, turned);
  return bias ? arithmetic.add(product, bias) : product;
});

const convolutionParameters = ['weight', 'bias', 'stride', 'padding', 'dilation', 'groups'];

function geometry(use: FunctionUse, rank: number, transposed: boolean): Convolution | undefined {
  const shape = use.shape(use.args.value('weight'));
  const [first, second, ...kernel] = shape ?? [];
  if (first === undefined || second === undefined || kernel.length !== rank) return undefined;
  const ones = kernel.map(() => 1);
  const zeros = kernel.map(() => 0);
  const groups = use.args.has('groups') ? use.dim('groups') : 1;
  const padding = use.args.get('padding');
  const named: Padding | undefined =
    padding?.type === 'str' && (padding.value === 'same' || padding.value === 'valid') ? padding.value : undefined;
  return {
    inChannels: transposed ? first : multiplySizes([second, groups]),
    outChannels: transposed ? multiplySizes([second, groups]) : first,
    kernel,
    stride: perAxis(use.args.get('stride'), rank, ones),
    padding: named ?? perAxis(padding, rank, zeros),
    dilation: perAxis(use.args.get('dilation'), rank, ones),
    groups,
  };
}

const convolution = (rank: number): TensorFunction =>
  function_(convolutionParameters, (use) => {
    const weight = use.args.value('weight');
    asWeight(weight, rank);
    const sizes = geometry(use, rank, false);
    if (!sizes) return use.opaque(`The sizes of the weight of \`F.conv${rank}d\` are not known.`, [use.x, weight]);
    const path = use.parameterPath('weight');
    return withBias(use, rank, (bias) =>
      path === undefined
        ? dynamic(use, sizes, weight, bias, rank)
        : use.add({ kind: 'conv', ...sizes, weight: path, ...bias }),
    );
  });

function dynamic(
  use: FunctionUse,
  sizes: Convolution,
  weight: Value,
  { bias }: { bias?: string },
  rank: number,
): Value {
  const result = use.add({ kind: 'dynamicConv', ...sizes }, [use.x, weight]);
  if (bias === undefined) return result;
  const arithmetic = new Arithmetic(use.call);
  const shape = [-1, ...Array.from({ length: rank }, () => 1)];
  return arithmetic.add(result, arithmetic.op({ kind: 'reshape', shape }, use.args.value('bias')));
}

const transposedConvolution = (rank: number): TensorFunction =>
  function_(['weight', 'bias', 'stride', 'padding', 'output_padding', 'groups', 'dilation'], (use) => {
    const sizes = geometry(use, rank, true);
    const path = use.parameterPath('weight');
    if (!sizes || path === undefined)
      return use.opaque(`The weight of \`F.conv_transpose${rank}d\` is computed, which is not understood.`, [
        use.x,
        use.args.value('weight'),
      ]);
    const outputPadding = perAxis(
      use.args.get('output_padding'),
      rank,
      sizes.kernel.map(() => 0),
    );
    return withBias(use, rank, (bias) =>
      use.add({ kind: 'convTranspose', ...sizes, weight: path, outputPadding, ...bias }),
    );
  });

const embedding = function_(['weight', 'padding_idx', 'max_norm'], (use) => {
  const weight = use.args.value('weight');
  const path = use.parameterPath('weight');
  const [vocabulary, features] = use.shape(weight) ?? [];
  if (path === undefined || vocabulary === undefined || features === undefined)
    return use.add({ kind: 'gather', axis: 0 }, [weight, use.x]);
  return use.add({ kind: 'embedding', vocabulary, features, weight: path });
});

/** `index_select(x, dim, index)`, `gather(x, dim, index)`. */
const picking = (kind: 'gather' | 'takeAlong', fallback?: number): TensorFunction =>
  function_(['dim', 'index'], (use) => {
    const axis = use.axis(fallback);
    const index = use.given('index', 'indices') ?? use.args.value('index');
    return axis === undefined
      ? use.opaque('The axis along which elements are picked is not known.', [use.x, index])
      : use.add({ kind, axis }, [use.x, index]);
  });

const takeAlong = function_(['indices', 'dim'], (use) => {
  const axis = numberOf(use.given('dim'));
  return axis === undefined
    ? use.opaque('The axis along which elements are picked is not known.')
    : use.add({ kind: 'takeAlong', axis }, [use.x, use.args.value('indices')]);
});

export const weightedFunctions: Readonly<Record<string, TensorFunction>> = {
  linear: linearFunction,
  embedding,
  index_select: picking('gather'),
  gather: picking('takeAlong'),
  take_along_dim: takeAlong,
  ...Object.fromEntries(
    [1, 2, 3].flatMap((rank) => [
      [`conv${rank}d`, convolution(rank)],
      [`conv_transpose${rank}d`, transposedConvolution(rank)],
    ]),
  ),
};
