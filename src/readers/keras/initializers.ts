import { keras } from '../kerasLayers/dialect';
import { originAt } from '../kerasLayers/drawn';
import {
  drawOf as drawOfSetting,
  drawWith,
  initializerAliases,
  initializers,
  type InitializerDefinition,
} from '../kerasLayers/initializers';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import { none, type Call, type ClassValue, type Value } from '../python/values';
import type { Site } from '../text/source';
import { initializerClass, InitializerState } from './initializerClass';
import { snakeCase } from './names';
import { ArgumentSettings, toSetting } from './settings';
import type { DrawState } from './variable';

function classOf(name: string, definition: InitializerDefinition): ClassValue {
  return builtinClass(name, [initializerClass], {
    __init__: (call) => {
      const [instance] = call.positional;
      if (instance?.type !== 'instance' || !(instance.native instanceof InitializerState)) return none;
      const settings = new ArgumentSettings(name, new CallArguments(call, definition.parameters, 1));
      instance.native.draw = drawWith(definition, settings, keras);
      return none;
    },
  });
}

const classes = new Map(Object.entries(initializers).map(([name, definition]) => [name, classOf(name, definition)]));
/** By class name, by name in snake case, by alias. */
const byName = new Map<string, ClassValue>([
  ...classes,
  ...[...classes].map(([name, cls]) => [snakeCase(name), cls] as const),
  ...Object.entries(initializerAliases).flatMap(([alias, name]) => {
    const cls = classes.get(name);
    return cls ? [[alias, cls] as const] : [];
  }),
]);

/** `keras.initializers`. Names in snake case are the classes themselves there. */
export const initializerMembers: Readonly<Record<string, Value>> = {
  Initializer: initializerClass,
  ...Object.fromEntries(byName),
  // TensorFlow's own spellings.
  random_normal_initializer: byName.get('RandomNormal') ?? none,
  zeros_initializer: byName.get('Zeros') ?? none,
  ones_initializer: byName.get('Ones') ?? none,
  get: builtin('get', ({ positional: [identifier = none] }) => identifier),
};

/** What is drawn by what was given as an initialiser: an object, a class, a name, a configuration. */
export function drawOf(given: Value | undefined, fallback: string, { interpreter, site: here }: Call): DrawState {
  if (!given || given.type === 'none')
    return { draw: drawOfSetting(fallback, keras), origin: { kind: 'frameworkDefault' } };
  const site: Site = given.type === 'instance' ? given.site : here;
  return { draw: drawOfSetting(toSetting(given, interpreter), keras), origin: originAt(site) };
}
