import type { OpOf } from '../../../network';
import type { ClassValue, Value } from '../../python/values';
import { perAxis, toDim, type Settings } from '../sizes';
import { layerClass, type LayerDefinition } from './define';

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

export function poolOp(settings: Settings, reduce: Reduce, rank: number): OpOf<'pool'> | OpOf<'opaque'> {
  const { args } = settings;
  const kernel = perAxis(args.value('kernel_size'), rank, []);
  const dilated = perAxis(args.get('dilation'), rank, []).some((size) => size !== 1);
  if (dilated) return { kind: 'opaque', reason: 'Pooling with a dilation is not understood yet.' };
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
    return () => op;
  },
});

const adaptivePool = (reduce: Reduce, rank: number): LayerDefinition => ({
  name: `Adaptive${reduce === 'max' ? 'Max' : 'Avg'}Pool${rank}d`,
  parameters: ['output_size', 'return_indices'],
  make: ({ settings }) => {
    const op = adaptivePoolOp(settings.args.value('output_size'), reduce, rank);
    return () => op;
  },
});

const definitions = ([1, 2, 3] as const).flatMap((rank) => [
  pool('max', rank),
  pool('average', rank),
  adaptivePool('max', rank),
  adaptivePool('average', rank),
]);

export const poolingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  definitions.map((definition) => [definition.name, layerClass(definition)]),
);
