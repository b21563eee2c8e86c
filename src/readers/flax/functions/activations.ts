import { axisOf } from '../../../network';
import { activationFunctions } from '../../keras/activations';
import { tensorFunction, type TensorFunction } from '../../keras/ops/define';
import { tensorFunctions } from '../../keras/ops/table';
import { shapeOf } from '../../keras/tensor';

/** Functions that `jax.nn` has as Keras has them. */
const alike = [
  ...['relu', 'relu6', 'elu', 'celu', 'selu', 'silu', 'swish', 'mish', 'tanh', 'sigmoid', 'softplus', 'hard_sigmoid'],
  ...['hard_silu', 'hard_swish', 'hard_tanh', 'log_sigmoid', 'softmax', 'log_softmax', 'one_hot', 'logsumexp'],
] as const;

/** One half of the features, weighed by the sigmoid of the other. */
const glu = tensorFunction(['x', 'axis'], (use) => {
  const shape = shapeOf(use.x);
  const axis = shape && axisOf(use.settings.number('axis', -1), shape.length);
  const size = axis === undefined ? undefined : shape?.[axis];
  if (axis === undefined || typeof size !== 'number') return use.opaque('The sizes of this gate are not known.');
  const half = (start: number, end: number): ReturnType<typeof use.natural> =>
    use.natural({ kind: 'slice', axis, start, end, step: 1 });
  const gate = use.pointwise({ kind: 'activation', activation: { kind: 'sigmoid' } }, half(size / 2, size));
  return use.recording.joined({ kind: 'multiply' }, [half(0, size / 2), gate]);
});

const known: Readonly<Record<string, TensorFunction>> = { ...tensorFunctions, ...activationFunctions };

/** `jax.nn`, and the same in `flax.linen` and `flax.nnx`. */
export const activations: Readonly<Record<string, TensorFunction>> = {
  ...Object.fromEntries(
    alike.flatMap((name) => {
      const definition = known[name];
      return definition ? [[name, definition] as const] : [];
    }),
  ),
  ...(known['softsign'] ? { soft_sign: known['softsign'] } : {}),
  leaky_relu: tensorFunction(['x', 'negative_slope'], (use) =>
    use.pointwise({
      kind: 'activation',
      activation: { kind: 'leakyRelu', slope: use.settings.number('negative_slope', 0.01) },
    }),
  ),
  // The approximation by tanh is the default here.
  gelu: tensorFunction(['x', 'approximate'], (use) =>
    use.pointwise({
      kind: 'activation',
      activation: { kind: 'gelu', approximate: use.settings.flag('approximate', true) ? 'tanh' : 'none' },
    }),
  ),
  glu,
  identity: tensorFunction(['x'], ({ x }) => x),
};
