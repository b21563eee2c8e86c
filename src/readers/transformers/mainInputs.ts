import { BATCH, isKnown, multiplySizes, type Dim, type Shape } from '../../network';
import { toDim } from '../frameworks/sizes';
import type { Interpreter } from '../python/interpreter';
import { isElements } from '../python/operators';
import { isSubclass, type ClassValue, type InstanceValue, type Value } from '../python/values';

/** The arguments of `forward` by what a model takes in. */
const ofModality: Readonly<Record<string, readonly string[]>> = {
  text: ['input_ids'],
  image: ['pixel_values'],
  audio: ['input_features', 'input_values'],
};

/** What the decoder is given of its own output so far. */
const ofDecoder = 'decoder_input_ids';

/**
 * Which arguments of `forward` people give, where all of them may be left out: what the class says of its inputs, and what is given to
 * its decoder, if it has one. What generates text does so with or without the other inputs.
 */
export function mainInputs(
  model: InstanceValue,
  parameters: readonly string[],
  generative: ClassValue,
  interpreter: Interpreter,
): readonly string[] {
  const main = interpreter.findAttribute(model, 'main_input_name');
  const config = interpreter.findAttribute(model, 'config');
  const twofold = config && interpreter.findAttribute(config, 'is_encoder_decoder');
  const wanted = [
    ...(main?.type === 'str' ? [main.value] : []),
    ...(isSubclass(model.cls, generative)
      ? []
      : modalities(interpreter.findAttribute(model, 'input_modalities'), interpreter)),
    ...(twofold?.type === 'bool' && twofold.value ? [ofDecoder] : []),
  ];
  return parameters.filter((name) => wanted.includes(name));
}

function modalities(declared: Value | undefined, interpreter: Interpreter): readonly string[] {
  const elements = declared === undefined || declared.type === 'str' ? [] : interpreter.iterate(declared);
  return (isElements(elements) ? elements : []).flatMap((one) =>
    one.type === 'str' ? (ofModality[one.value] ?? []) : [],
  );
}

/** The sizes behind the batch, from the settings of a configuration. */
const sizes: Readonly<Record<string, (setting: (name: string) => Dim | undefined) => readonly (Dim | undefined)[]>> = {
  pixel_values: (setting) => [setting('num_channels'), setting('image_size'), setting('image_size')],
  input_features: (setting) => {
    const positions = setting('max_source_positions');
    return [setting('num_mel_bins'), positions === undefined ? undefined : multiplySizes([2, positions])];
  },
};

/** The shape of an input that the configuration tells: pictures of `image_size`, sounds of as many frames as there are positions. */
export function configuredShape(model: InstanceValue, name: string, interpreter: Interpreter): Shape | undefined {
  const config = interpreter.findAttribute(model, 'config');
  const setting = (key: string): Dim | undefined => {
    const value = config && interpreter.findAttribute(config, key);
    const size = value && toDim(value);
    return isKnown(size) ? size : undefined;
  };
  const told = Object.hasOwn(sizes, name) ? sizes[name]?.(setting) : undefined;
  const known = told?.filter((size) => size !== undefined);
  return known?.length === told?.length && known ? [BATCH, ...known] : undefined;
}
