import { product, type OpOf } from '../../../network';
import { tuple, type ClassValue, type Value } from '../../python/values';
import { perAxis, toDim, type Settings } from '../../frameworks/sizes';
import { layerClass, type LayerDefinition, type LayerForward } from './define';

type Reduce = OpOf<'pool'>['reduce'];

/** The names of the arguments after the input, which the modules and the functions share. */
export const maxPoolParameters = ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'];
export const maxPoolFunctionParameters = [
  'kernel_size',
  'stride',
  'padding',
  'dilation',
  'ceil_mode',
  'return_indices',
];
export const averagePoolParameters = [
  'kernel_size',
  'stride',
  'padding',
  'ceil_mode',
  'count_include_pad',
  'divisor_override',
];

export function poolOp(settings: Settings, reduce: Reduce, rank: number): OpOf<'pool'> {
  const { args } = settings;
  const kernel = perAxis(args.value('kernel_size'), rank, []);
  const dilation = perAxis(args.get('dilation'), rank, []);
  return {
    kind: 'pool',
    reduce,
    kernel,
    stride: perAxis(args.get('stride'), rank, kernel),
    padding: perAxis(
      args.get('padding'),
      rank,
      Array.from({ length: rank }, () => 0),
    ),
    ...(dilation.some((size) => size !== 1) ? { dilation } : {}),
    ceil: settings.flag('ceil_mode', false),
    countPadding: settings.flag('count_include_pad', true),
  };
}

export function adaptivePoolOp(size: Value | undefined, reduce: Reduce, rank: number): OpOf<'adaptivePool'> {
  const items = size?.type === 'tuple' || size?.type === 'list' ? size.items : undefined;
  const output = Array.from({ length: rank }, (_, axis) => {
    const one = items ? items[axis] : size;
    return one === undefined || one.type === 'none' ? undefined : toDim(one);
  });
  return { kind: 'adaptivePool', reduce, output };
}

const pool = (reduce: Reduce, rank: number): LayerDefinition => ({
  name: `${reduce === 'max' ? 'MaxPool' : 'AvgPool'}${rank}d`,
  parameters: reduce === 'max' ? maxPoolParameters : averagePoolParameters,
  make: ({ settings }) => {
    const op = poolOp(settings, reduce, rank);
    const divisor = settings.args.get('divisor_override');
    if (divisor && divisor.type !== 'none') return byDivisor(op, settings.number('divisor_override', 1));
    return withIndices(op, settings.flag('return_indices', false));
  },
});

/** The sum of each window by a number of its own. */
function byDivisor(op: OpOf<'pool'>, divisor: number): LayerForward {
  const count = product(op.kernel);
  return ({ add, opaque }) =>
    count === undefined || op.ceil
      ? opaque('This average over windows with a divisor of its own is not followed.')
      : add({ kind: 'affine', factor: count / divisor, offset: 0 }, [add({ ...op, countPadding: true })]);
}

/** With the places where the largest values stood, which are not followed. */
function withIndices(op: OpOf<'pool'> | OpOf<'adaptivePool'>, indices: boolean): LayerForward {
  return ({ add, call }) =>
    indices
      ? tuple([
          add(op),
          call.interpreter.unknown('indices', 'are the places of the largest values, which are not followed'),
        ])
      : add(op);
}

const adaptivePool = (reduce: Reduce, rank: number): LayerDefinition => ({
  name: `Adaptive${reduce === 'max' ? 'Max' : 'Avg'}Pool${rank}d`,
  parameters: ['output_size', 'return_indices'],
  make: ({ settings }) => {
    const op = adaptivePoolOp(settings.args.value('output_size'), reduce, rank);
    return withIndices(op, reduce === 'max' && settings.flag('return_indices', false));
  },
});

/** (Σ xᵖ)^(1/p) over each window. */
const powerPool = (rank: number): LayerDefinition => ({
  name: `LPPool${rank}d`,
  parameters: ['norm_type', 'kernel_size', 'stride', 'ceil_mode'],
  make: ({ settings }) => {
    const exponent = settings.number('norm_type', 2);
    const op = poolOp(settings, 'average', rank);
    const count = product(op.kernel);
    return ({ add, opaque }) => {
      if (count === undefined) return opaque('The kernel of this pooling is not known.');
      const powers = add({ kind: 'activation', activation: { kind: 'power', exponent } });
      const sums = add({ kind: 'affine', factor: count, offset: 0 }, [add(op, [powers])]);
      return add({ kind: 'activation', activation: { kind: 'power', exponent: 1 / exponent } }, [sums]);
    };
  },
});

const definitions = ([1, 2, 3] as const).flatMap((rank) => [
  pool('max', rank),
  pool('average', rank),
  adaptivePool('max', rank),
  adaptivePool('average', rank),
  powerPool(rank),
]);

export const poolingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  definitions.map((definition) => [definition.name, layerClass(definition)]),
);
