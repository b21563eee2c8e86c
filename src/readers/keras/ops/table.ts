import { builtin } from '../../python/classes';
import type { Value } from '../../python/values';
import { activationFunctions, activationValues } from '../activations';
import { shapeOf } from '../tensor';
import { applyTensorFunction, tensorFunction, type TensorFunction } from './define';
import { elementwiseFunctions } from './elementwise';
import { axesOf, shapingFunctions } from './shaping';

const normalisations: Readonly<Record<string, TensorFunction>> = {
  /** x / ‖x‖₂ along an axis. */
  l2_normalize: tensorFunction(['x', 'axis'], (use) => normalised(use)),
  normalize: tensorFunction(['x', 'axis', 'order'], (use) => normalised(use)),
};

function normalised(use: Parameters<TensorFunction['apply']>[0]): Value {
  const shape = shapeOf(use.x);
  const axes = axesOf(use, use.args.get('axis') ?? { type: 'int', value: -1 }, shape?.length);
  if (!axes || use.settings.number('order', 2) !== 2) return use.opaque('This normalisation is not understood.');
  const norm = use.natural({ kind: 'reduce', how: 'norm', axes, keepDims: true });
  const inverse = use.recording.pointwise({ kind: 'activation', activation: { kind: 'power', exponent: -1 } }, norm);
  return use.recording.joined({ kind: 'multiply' }, [use.x, inverse]);
}

const regularisations: Readonly<Record<string, TensorFunction>> = {
  dropout: tensorFunction(['x', 'rate'], (use) =>
    use.pointwise({ kind: 'dropout', rate: use.settings.number('rate', 0.5), variant: 'element' }),
  ),
};

/** Everything that is understood of `keras.ops`, `keras.backend`, `tf`, `tf.math` and `tf.nn`, by its name. */
export const tensorFunctions: Readonly<Record<string, TensorFunction>> = {
  ...activationFunctions,
  ...elementwiseFunctions,
  ...shapingFunctions,
  ...normalisations,
  ...regularisations,
};

export const functionMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(tensorFunctions).map(([name, definition]) => [
    name,
    activationValues[name] ?? builtin(name, (call) => applyTensorFunction(name, definition, call)),
  ]),
);

/** TensorFlow's own meaning of some names. */
export const tensorflowMembers: Readonly<Record<string, Value>> = {
  ...functionMembers,
  ...Object.fromEntries(
    (['split', 'concat'] as const).flatMap((name) => {
      const definition = shapingFunctions[name];
      return definition
        ? [[name, builtin(name, (call) => applyTensorFunction(`tf.${name}`, definition, call))] as const]
        : [];
    }),
  ),
};
