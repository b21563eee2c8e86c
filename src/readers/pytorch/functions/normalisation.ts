import type { Op } from '../../../network';
import { float } from '../../python/values';
import { toShape } from '../../frameworks/sizes';
import { affineOf } from './affine';
import { Arithmetic } from './arithmetic';
import { function_, type FunctionUse, type TensorFunction } from './define';

const layerNorm = (center: boolean): TensorFunction =>
  function_(['normalized_shape', 'weight', ...(center ? ['bias'] : []), 'eps'], (use) => {
    const normalizedShape = toShape(use.interpreter, [use.args.value('normalized_shape')]);
    if (!normalizedShape) return use.opaque(`The axes that \`F.${use.name}\` normalises are not known.`);
    const { fields, finish } = affineOf(use, 'last');
    const epsilon = use.settings.number('eps', center ? 1e-5 : 2 ** -23);
    return finish(use.add({ kind: 'layerNorm', normalizedShape, center, epsilon, ...fields }));
  });

const batchNorm = function_(['running_mean', 'running_var', 'weight', 'bias', 'training', 'momentum', 'eps'], (use) => {
  const channels = use.shape()?.[1];
  if (channels === undefined) return use.opaque('The channels of `F.batch_norm` are not known.');
  const { fields, finish } = affineOf(use, 'channels');
  const running = runningOf(use);
  return finish(
    use.add({
      kind: 'batchNorm',
      channels,
      epsilon: use.settings.number('eps', 1e-5),
      ...fields,
      ...(running ? { running } : {}),
    }),
  );
});

/** The paths of the running statistics, where they are buffers of the model. */
function runningOf(use: FunctionUse): Extract<Op, { kind: 'batchNorm' }>['running'] {
  const [mean, variance] = ['running_mean', 'running_var'].map((name) => {
    const value = use.args.get(name);
    return value?.type === 'instance' ? use.trace?.paths.buffers.get(value) : undefined;
  });
  return mean === undefined || variance === undefined ? undefined : { mean, variance };
}

const groupNorm = function_(['num_groups', 'weight', 'bias', 'eps'], (use) => {
  const channels = use.shape()?.[1];
  if (channels === undefined) return use.opaque('The channels of `F.group_norm` are not known.');
  const { fields, finish } = affineOf(use, 'channels');
  const epsilon = use.settings.number('eps', 1e-5);
  return finish(use.add({ kind: 'groupNorm', groups: use.dim('num_groups'), channels, epsilon, ...fields }));
});

const instanceNorm = function_(
  ['running_mean', 'running_var', 'weight', 'bias', 'use_input_stats', 'momentum', 'eps'],
  (use) => {
    const channels = use.shape()?.[1];
    if (channels === undefined) return use.opaque('The channels of `F.instance_norm` are not known.');
    const { fields, finish } = affineOf(use, 'channels');
    const epsilon = use.settings.number('eps', 1e-5);
    return finish(use.add({ kind: 'groupNorm', groups: channels, channels, epsilon, ...fields }));
  },
);

/** x / max(‖x‖, ε) */
const normalize = function_(['p', 'dim', 'eps'], (use) => {
  const a = new Arithmetic(use.call);
  const axis = use.axis(1);
  const order = use.settings.number('p', 2);
  if (axis === undefined || (order !== 2 && order !== 1)) return use.opaque('This `normalize` is not understood.');
  const measured = order === 2 ? use.x : a.activation(use.x, { kind: 'abs' });
  const length = a.op({ kind: 'reduce', how: order === 2 ? 'norm' : 'sum', axes: [axis], keepDims: true }, measured);
  const bounded = a.op({ kind: 'extremum', which: 'max' }, length, float(use.settings.number('eps', 1e-12)));
  return a.divide(use.x, bounded);
});

const localResponseNorm = function_(['size', 'alpha', 'beta', 'k'], (use) =>
  use.add({
    kind: 'localResponseNorm',
    size: use.settings.number('size', 5),
    alpha: use.settings.number('alpha', 1e-4),
    beta: use.settings.number('beta', 0.75),
    k: use.settings.number('k', 1),
  }),
);

export const normalisationFunctions: Readonly<Record<string, TensorFunction>> = {
  layer_norm: layerNorm(true),
  rms_norm: layerNorm(false),
  batch_norm: batchNorm,
  group_norm: groupNorm,
  instance_norm: instanceNorm,
  normalize,
  local_response_norm: localResponseNorm,
};
