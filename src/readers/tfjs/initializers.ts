import { builtin, undefinedValue, type BuiltinValue, type ObjectValue, type Value } from '../javascript/values';
import type { Setting } from '../kerasLayers/settings';
import { toSetting } from './config';

/** The hidden state of what a function of `tf.initializers` gives. */
export class InitializerState {
  constructor(readonly setting: Setting) {}
}

const names = [
  'constant',
  'glorotNormal',
  'glorotUniform',
  'heNormal',
  'heUniform',
  'identity',
  'leCunNormal',
  'leCunUniform',
  'ones',
  'orthogonal',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'zeros',
] as const;

function maker(name: string): BuiltinValue {
  return builtin(name, ({ interpreter, arguments: [config = undefinedValue] }) => {
    const object: ObjectValue = interpreter.newObject();
    object.native = new InitializerState({ class_name: name, config: toSetting(config) });
    return object;
  });
}

/** `tf.initializers`. */
export const initializerFunctions: ReadonlyMap<string, Value> = new Map(names.map((name) => [name, maker(name)]));
