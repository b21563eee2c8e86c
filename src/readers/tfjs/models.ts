import { BATCH, type LossKind, type Shape } from '../../network';
import { unknown } from '../evaluation/unknown';
import type { Interpreter } from '../javascript/interpreter';
import { newArray } from '../javascript/library/arrays';
import { symbolOf } from '../javascript/operators';
import { builtin, undefinedValue, type Call, type Value } from '../javascript/values';
import { inputStep } from '../kerasLayers/graph';
import type { Model } from '../kerasLayers/model';
import { FunctionalModel, SequentialModel, UnknownLayer } from '../kerasLayers/model';
import { openSize } from '../kerasLayers/sizes';
import { LayerTensor } from '../kerasLayers/tensor';
import { settingsOf } from './config';
import { layerOf, objectFor, tensorsIn } from './layerValues';
import { lossKind } from './losses';
import { sessionOf } from './session';

/** `tf.input({shape: [28, 28, 1]})`. */
export function input({ interpreter, arguments: [config = undefinedValue], site }: Call): Value {
  const settings = settingsOf('input', config);
  const whole = settings.sizes('batch_shape', (axis, rank) => openSize(axis - 1, rank - 1));
  const sample = settings.sizes('shape', openSize);
  const shape: Shape | undefined = whole ? [BATCH, ...whole.slice(1)] : sample && [BATCH, ...sample];
  const given = settings.get('name');
  const session = sessionOf(interpreter);
  const name = typeof given === 'string' ? given : session.names.unique('input');
  session.progress++;
  return objectFor(
    interpreter,
    new LayerTensor(inputStep(name, shape, { owner: undefined, isLayer: false, site }), false),
  );
}

function nameGiven(config: Value): string | undefined {
  const name = config.type === 'object' ? config.properties.get('name') : undefined;
  return name?.type === 'string' ? name.value : undefined;
}

/** `tf.sequential({layers: […]})`. */
export function sequential({ interpreter, arguments: [config = undefinedValue], site }: Call): Value {
  const session = sessionOf(interpreter);
  const name = nameGiven(config) ?? session.names.unique('sequential_');
  const model = new SequentialModel('Sequential', name, site);
  for (const part of [model, model.stack]) interpreter.journal.made(part);
  session.remember(model, site);
  session.progress++;
  const layers = config.type === 'object' ? config.properties.get('layers') : undefined;
  if (config.type === 'unknown') put(model, config, interpreter);
  if (layers && layers.type !== 'undefined') {
    const elements = interpreter.iterate(layers);
    // The symbol of what is not known stands for all that may be in it.
    for (const layer of 'type' in elements ? [elements] : elements) put(model, layer, interpreter);
  }
  return objectFor(interpreter, model);
}

/** Put a layer behind the others. */
function put(model: SequentialModel, value: Value, interpreter: Interpreter): void {
  const { site } = interpreter;
  const layer = layerOf(value) ?? new UnknownLayer(reasonFor(value), site);
  interpreter.journal.beforeChange(model.stack);
  const own = layer.site;
  // A layer that is made where it is put has one place.
  const inside = own.source === site.source && site.start <= own.start && own.end <= site.end;
  model.stack.items = [...model.stack.items, { layer, site: inside ? own : site }];
  sessionOf(interpreter).progress++;
}

function reasonFor(value: Value): string {
  return value.type === 'unknown'
    ? `\`${value.symbol}\` ${value.cause}: which layers it holds is not known.`
    : `\`${symbolOf(value)}\` is put into the model here, and is no layer that is understood.`;
}

/** `tf.model({inputs, outputs})`. */
export function functional({ interpreter, arguments: [config = undefinedValue], site }: Call): Value {
  const session = sessionOf(interpreter);
  const properties = config.type === 'object' ? config.properties : undefined;
  const [inputs, outputs] = [tensorsIn(properties?.get('inputs')), tensorsIn(properties?.get('outputs'))];
  if (!inputs || !outputs) {
    const side = inputs ? 'outputs' : 'inputs';
    session.note('notUnderstood', `The ${side} of this model are not known.`, site);
    return unknown('tf.model(…)', `has ${side} that are not known`, site);
  }
  const name = nameGiven(config) ?? session.names.unique('model');
  const model = new FunctionalModel('Functional', name, site, { inputs, outputs });
  interpreter.journal.made(model);
  session.remember(model, site);
  session.progress++;
  return objectFor(interpreter, model);
}

/** `model.compile({loss, optimizer})`. */
function compile(model: Model, { interpreter, arguments: [config], site }: Call): Value {
  const made = sessionOf(interpreter).of(model);
  if (made) made.compiled = true;
  const loss = config?.type === 'object' ? config.properties.get('loss') : undefined;
  const kind: LossKind | undefined = loss && lossKind(loss);
  const at = (config?.type === 'object' ? config.sites?.get('loss') : undefined) ?? site;
  if (kind !== undefined) made?.losses.push({ kind, site: at });
  return undefinedValue;
}

/** Members of a model that a layer does not have. */
export function modelMember(interpreter: Interpreter, model: Model, name: string): Value | undefined {
  const { surroundings } = sessionOf(interpreter);
  const tensors = (side: 'inputs' | 'outputs'): readonly Value[] =>
    (model.graph(surroundings)?.[side] ?? []).map((tensor) => objectFor(interpreter, tensor));
  switch (name) {
    case 'add':
      if (!(model instanceof SequentialModel)) return undefined;
      return builtin(name, ({ arguments: [layer = undefinedValue] }) => {
        put(model, layer, interpreter);
        return undefinedValue;
      });
    case 'pop':
      if (!(model instanceof SequentialModel)) return undefined;
      return builtin(name, () => {
        interpreter.journal.beforeChange(model.stack);
        model.stack.items = model.stack.items.slice(0, -1);
        return undefinedValue;
      });
    case 'layers':
      return newArray(
        interpreter,
        model.layers.map((layer) => objectFor(interpreter, layer)),
      );
    case 'getLayer':
      return builtin(name, ({ arguments: [key, index], site }) => {
        const at = key?.type === 'number' ? key : index;
        const layer =
          key?.type === 'string'
            ? model.layers.find((one) => one.name === key.value)
            : at?.type === 'number'
              ? model.layers.at(at.value)
              : undefined;
        return layer ? objectFor(interpreter, layer) : unknown('getLayer(…)', 'is a layer that is not found', site);
      });
    case 'inputs':
    case 'outputs':
      return newArray(interpreter, tensors(name));
    case 'input':
      return tensors('inputs')[0];
    case 'output':
      return tensors('outputs')[0];
    case 'compile':
      return builtin(name, (call) => compile(model, call));
    case 'summary':
      return builtin(name, () => undefinedValue);
    default:
      return undefined;
  }
}
