import { activated, activations, type ActivationDefinition } from '../kerasLayers/activations';
import { keras } from '../kerasLayers/dialect';
import { builtin } from '../python/classes';
import { none, type Value } from '../python/values';
import { applyTensorFunction, tensorFunction, type TensorFunction } from './ops/define';
import { alsoNamed } from './settings';

function functionOf(definition: ActivationDefinition): TensorFunction {
  return tensorFunction(['x', ...definition.parameters], ({ x, settings, recording }) =>
    recording.value(activated(definition, settings, recording.operand(x), recording.tensors, keras)),
  );
}

/** What `keras.activations` has, as functions of tensors. */
export const activationFunctions: Readonly<Record<string, TensorFunction>> = Object.fromEntries(
  Object.entries(activations).map(([name, definition]) => [name, functionOf(definition)]),
);

/** The same as values. */
export const activationValues: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(activationFunctions).map(([name, definition]) => [
    name,
    alsoNamed(
      builtin(name, (call) => applyTensorFunction(name, definition, call)),
      name,
    ),
  ]),
);

/** `keras.activations`. */
export const activationMembers: Readonly<Record<string, Value>> = {
  ...activationValues,
  get: builtin('get', ({ positional: [identifier = none] }) => {
    const name = identifier.type === 'none' ? 'linear' : identifier.type === 'str' ? identifier.value : undefined;
    return (name === undefined ? undefined : activationValues[name]) ?? identifier;
  }),
};
