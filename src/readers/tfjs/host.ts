import { unknown } from '../evaluation/unknown';
import type { Host, Interpreter } from '../javascript/interpreter';
import { globalValue } from '../javascript/library/globals';
import {
  builtin,
  undefinedValue,
  type Call,
  type NamespaceValue,
  type ObjectValue,
  type Value,
} from '../javascript/values';
import { Layer } from '../kerasLayers/layer';
import { Model } from '../kerasLayers/model';
import type { Site } from '../text/source';
import { CustomLayer } from './customLayer';
import { initializerFunctions } from './initializers';
import { layerFunctions } from './layers';
import { layerClass, layerMember, tensorMember, tensorOf } from './layerValues';
import { lossNames } from './losses';
import { functional, input, modelMember, sequential } from './models';
import { sessionOf } from './session';

function namespace(name: string, members: ReadonlyMap<string, Value>): NamespaceValue {
  return { type: 'namespace', name, get: (member) => members.get(member) };
}

const layers = namespace('tf.layers', new Map<string, Value>([...layerFunctions, ['Layer', layerClass]]));
const initializers = namespace('tf.initializers', initializerFunctions);
const losses = namespace(
  'tf.losses',
  new Map(
    lossNames.map((name): [string, Value] => [
      name,
      builtin(name, ({ site }) => unknown(`tf.losses.${name}(…)`, 'is computed outside of the graph', site)),
    ]),
  ),
);

/** `tf.tidy(name?, function)` gives what the function gives. */
function tidy({ interpreter, arguments: given }: Call): Value {
  const callback = given.find(({ type }) => type === 'function');
  return callback ? interpreter.call(callback, undefinedValue, []) : undefinedValue;
}

const nothing = builtin('nothing', () => undefinedValue);

const members = new Map<string, Value>([
  ['layers', layers],
  ['initializers', initializers],
  ['losses', losses],
  ['sequential', builtin('sequential', sequential)],
  ['model', builtin('model', functional)],
  ['input', builtin('input', input)],
  ['tidy', builtin('tidy', tidy)],
  ['ready', nothing],
  ['setBackend', nothing],
  ['dispose', nothing],
  ['serialization', namespace('tf.serialization', new Map([['registerClass', nothing]]))],
]);

/** Everything else of tfjs computes on tensors outside of every model. */
const tf: NamespaceValue = {
  type: 'namespace',
  name: 'tf',
  get: (name) => (name === 'default' ? tf : members.get(name)),
};

/** `@tensorflow/tfjs`, `-node`, `-node-gpu`, `-core`, `-layers` and files in them. */
const packages =
  /^@tensorflow\/tfjs(-(node|node-gpu|core|layers|react-native))?(\/|$)|^npm:@tensorflow\/tfjs|\/@tensorflow\/tfjs/;

/** tfjs-layers alone exports the functions of `tf.layers` at its top as well. */
function topMember(name: string): Value | undefined {
  return tf.get(name) ?? layers.get(name);
}
const layersPackage: NamespaceValue = { type: 'namespace', name: 'tf', get: topMember };

/** What tfjs adds to the language. */
export class TfjsHost implements Host {
  constructor(private readonly interpreter: () => Interpreter) {}

  importModule(name: string): NamespaceValue | undefined {
    if (!packages.test(name)) return undefined;
    return name.startsWith('@tensorflow/tfjs-layers') ? layersPackage : tf;
  }

  /** A script tag makes `tf` a global name. */
  global(name: string): Value | undefined {
    return name === 'tf' ? tf : globalValue(name);
  }

  bound(name: string, object: ObjectValue, site: Site): void {
    const made = object.native && sessionOf(this.interpreter()).of(object.native);
    if (made) made.binding ??= { name, site };
  }

  constructed(object: ObjectValue): void {
    if (object.cls) sessionOf(this.interpreter()).instances.add(object.cls);
  }

  objectMember(object: ObjectValue, name: string): Value | undefined {
    const { native } = object;
    const interpreter = this.interpreter();
    const tensor = tensorOf(object);
    if (tensor)
      return (
        tensorMember(interpreter, tensor, name) ?? unknown(`.${name}`, 'is not known of a tensor', interpreter.site)
      );
    if (!(native instanceof Layer)) return undefined;
    if (native instanceof CustomLayer && name === 'addWeight') return native.addWeightFunction;
    const found =
      (native instanceof Model ? modelMember(interpreter, native, name) : undefined) ?? layerMember(native, name);
    return (
      found ??
      (native instanceof CustomLayer
        ? undefined
        : unknown(`${native.name}.${name}`, 'is not followed', interpreter.site))
    );
  }

  progress(): number {
    return sessionOf(this.interpreter()).progress;
  }
}
