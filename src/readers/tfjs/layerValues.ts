import { unknown } from '../evaluation/unknown';
import type { Interpreter } from '../javascript/interpreter';
import { newArray } from '../javascript/library/arrays';
import {
  builtin,
  number,
  string,
  undefinedValue,
  Variables,
  type Call,
  type ClassValue,
  type ObjectValue,
  type Value,
} from '../javascript/values';
import { isKnown, type Dim, type Shape } from '../../network';
import { Layer } from '../kerasLayers/layer';
import { LayerTensor } from '../kerasLayers/tensor';
import type { Site } from '../text/source';
import { CustomLayer } from './customLayer';
import { sessionOf } from './session';

/** `tf.layers.Layer`: what classes of the source derive from. Layers of ours are instances of it too. */
export const layerClass: ClassValue = {
  type: 'class',
  name: 'Layer',
  base: undefined,
  unknownBase: undefined,
  members: new Map(),
  statics: new Variables(),
  fields: [],
  construct: (instance, call) => {
    instance.native = new CustomLayer(instance, call);
    sessionOf(call.interpreter).progress++;
  },
  syntax: undefined,
  site: undefined,
};

export function layerOf(value: Value | undefined): Layer | undefined {
  return value?.type === 'object' && value.native instanceof Layer ? value.native : undefined;
}

export function tensorOf(value: Value | undefined): LayerTensor | undefined {
  return value?.type === 'object' && value.native instanceof LayerTensor ? value.native : undefined;
}

const objects = new WeakMap<object, ObjectValue>();

/** The object that stands for a layer or a tensor: always the same one. */
export function objectFor(interpreter: Interpreter, native: Layer | LayerTensor): ObjectValue {
  let object = objects.get(native);
  if (!object) {
    object =
      native instanceof CustomLayer
        ? native.instance
        : interpreter.newObject(native instanceof Layer ? layerClass : undefined);
    object.native = native;
    objects.set(native, object);
  }
  return object;
}

/** The tensors that a layer is applied to; undefined where one of them is not in a graph. */
export function tensorsIn(value: Value | undefined): readonly LayerTensor[] | undefined {
  const items = value?.type === 'array' && !value.taint ? value.items : value ? [value] : [];
  const tensors = items.map(tensorOf);
  const known = tensors.filter((tensor) => tensor !== undefined);
  return known.length === tensors.length && known.length > 0 ? known : undefined;
}

/** `layer.apply(x)`. */
export function applyLayer(layer: Layer, { interpreter, arguments: [first], site }: Call): Value {
  const inputs = tensorsIn(first);
  const session = sessionOf(interpreter);
  if (!inputs) return unknown(`${layer.name}.apply(…)`, 'is computed outside of the graph', site);
  session.progress++;
  const outputs = layer.apply(inputs, site, session.surroundings).map((tensor) => objectFor(interpreter, tensor));
  const [only] = outputs;
  return outputs.length === 1 && only ? only : newArray(interpreter, outputs);
}

const sizeValue = (size: Dim, site: Site): Value =>
  isKnown(size)
    ? number(size)
    : size.reason === undefined
      ? { type: 'null' }
      : unknown(size.symbol, size.reason.replace(`\`${size.symbol}\` `, ''), site);

/** As tfjs says it: null stands for a size that is open until the model runs. */
export function shapeValue(interpreter: Interpreter, shape: Shape | undefined): Value {
  if (!shape) return unknown('shape', 'is not known', interpreter.site);
  return newArray(
    interpreter,
    shape.map((size) => sizeValue(size, interpreter.site)),
  );
}

/** Members of a tensor between layers. */
export function tensorMember(interpreter: Interpreter, tensor: LayerTensor, name: string): Value | undefined {
  switch (name) {
    case 'shape':
      return shapeValue(interpreter, tensor.shape);
    case 'rank':
      return tensor.shape ? number(tensor.shape.length) : undefined;
    case 'dtype':
      return string('float32');
    default:
      return undefined;
  }
}

/** Members of every layer. */
export function layerMember(layer: Layer, name: string): Value | undefined {
  switch (name) {
    case 'apply':
      return builtin(name, (call) => applyLayer(layer, call));
    case 'name':
      return string(layer.name);
    case 'build':
    case 'setWeights':
    case 'dispose':
    case 'addLoss':
      return builtin(name, () => undefinedValue);
    case 'getClassName':
      return builtin(name, () => string(layer.className));
    default:
      return undefined;
  }
}
