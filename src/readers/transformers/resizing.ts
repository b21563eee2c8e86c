import type { Interpreter } from '../python/interpreter';
import { bool, none, numberOf, type Call, type InstanceValue, type Value } from '../python/values';
import { fromDim } from '../frameworks/sizes';
import { unknownDraw } from '../pytorch/draw';
import { initialise } from '../pytorch/initialise';
import { layerClasses } from '../pytorch/layers';
import { parameterState } from '../pytorch/tensor';
import { leaveOpen, tieWeights } from './tiedWeights';

/**
 * `model.resize_token_embeddings(count)`: the first table, and the last layer, for another vocabulary. Rows that are new are drawn by
 * what the others are, so that nothing simple is known of the whole.
 */
export function resizeEmbeddings(model: InstanceValue, call: Call): Value {
  const { interpreter } = call;
  const count = call.positional[1] ?? call.keywords.get('new_num_tokens') ?? none;
  const first = embeddingsOf(model, 'get_input_embeddings', interpreter);
  if (count.type === 'none' || !first) return first ?? none;
  if (numberOf(count) === undefined || call.keywords.has('pad_to_multiple_of')) {
    leaveOpen(model, 'its embeddings are resized to a number that is not known');
    return first;
  }
  if (parameterState(first.attributes.get('weight'))?.shape[0] === numberOf(count)) return first;
  const last = embeddingsOf(model, 'get_output_embeddings', interpreter);
  const resized = remade(first, 'Embedding', (features) => [count, features], call);
  set(model, 'set_input_embeddings', resized, interpreter);
  if (last) {
    const bias = bool(parameterState(last.attributes.get('bias')) !== undefined);
    set(
      model,
      'set_output_embeddings',
      remade(last, 'Linear', (features) => [features, count, bias], call),
      interpreter,
    );
  }
  const config = interpreter.findAttribute(model, 'config');
  if (config) interpreter.setAttribute(config, 'vocab_size', count);
  tieWeights(model, call);
  return resized;
}

function embeddingsOf(model: InstanceValue, method: string, interpreter: Interpreter): InstanceValue | undefined {
  const found = interpreter.apply(interpreter.getAttribute(model, method));
  return found.type === 'instance' && parameterState(found.attributes.get('weight')) ? found : undefined;
}

/** A layer of the same features in the place of another. */
function remade(
  layer: InstanceValue,
  name: string,
  settings: (features: Value) => readonly Value[],
  call: Call,
): Value {
  const features = parameterState(layer.attributes.get('weight'))?.shape.at(-1);
  const made = call.interpreter.apply(
    layerClasses[name] ?? none,
    ...settings(features === undefined ? none : fromDim(features)),
  );
  const weight = made.type === 'instance' ? made.attributes.get('weight') : undefined;
  initialise(weight, unknownDraw('its table is resized, and new rows are drawn like the old ones'), call);
  return made;
}

function set(model: InstanceValue, method: string, layer: Value, interpreter: Interpreter): void {
  interpreter.apply(interpreter.getAttribute(model, method), layer);
}
