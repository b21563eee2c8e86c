import { builtinClass, type Methods } from '../python/classes';
import { isElements } from '../python/operators';
import { moduleOf } from '../python/library/module';
import { objectClass } from '../python/library/types';
import { bool, InstanceValue, ListValue, none, text, tuple, type Call, type Value } from '../python/values';
import { moduleClass, ModuleState, self } from './module';

/** What `save_hyperparameters` keeps: its entries are attributes and items alike. */
const attributeDict = builtinClass('AttributeDict', [objectClass], {
  __getitem__: (call) => entry(call) ?? call.interpreter.unknown('hparams[…]', 'is an entry that is not known'),
  get: (call) => entry(call) ?? call.positional[2] ?? none,
  __setitem__: (call) => {
    const [, name, value = none] = call.positional;
    if (name?.type === 'str') self(call).attributes.set(name.value, value, call.interpreter.journal);
    return none;
  },
  __contains__: (call) => bool(entry(call) !== undefined),
  __iter__: (call) => new ListValue([...self(call).attributes.entries().keys()].map(text)),
  keys: (call) => new ListValue([...self(call).attributes.entries().keys()].map(text)),
  items: (call) =>
    new ListValue([...self(call).attributes.entries()].map(([name, value]) => tuple([text(name), value]))),
});

function entry(call: Call): Value | undefined {
  const [container, name] = call.positional;
  return container?.type === 'instance' && name?.type === 'str' ? container.attributes.get(name.value) : undefined;
}

/** The arguments of the constructor that calls it (or those of them that are named) become `self.hparams`. */
function saveHyperparameters(call: Call): Value {
  const module = self(call);
  const { interpreter } = call;
  const [given] = call.positional.slice(1);
  if (given && given.type !== 'str') {
    module.attributes.set('hparams', given.type === 'dict' ? ofDict(given, call) : given, interpreter.journal);
    return none;
  }
  const wanted = call.positional.slice(1).flatMap((name) => (name.type === 'str' ? [name.value] : []));
  const ignored = namesIn(call.keywords.get('ignore'), call);
  const kept = module.attributes.get('hparams');
  const known = kept?.type === 'instance' ? kept : new InstanceValue(attributeDict, call.site);
  for (const [name, value] of interpreter.scope?.variables.entries() ?? []) {
    if (value === module || name === '__class__' || ignored.includes(name)) continue;
    if (wanted.length === 0 || wanted.includes(name)) known.attributes.set(name, value, interpreter.journal);
  }
  module.attributes.set('hparams', known, interpreter.journal);
  return none;
}

function namesIn(value: Value | undefined, { interpreter }: Call): readonly string[] {
  if (!value) return [];
  if (value.type === 'str') return [value.value];
  const elements = interpreter.iterate(value);
  return isElements(elements) ? elements.flatMap((one) => (one.type === 'str' ? [one.value] : [])) : [];
}

function ofDict(dict: Extract<Value, { type: 'dict' }>, call: Call): Value {
  if (dict.taint) return dict.taint;
  const made = new InstanceValue(attributeDict, call.site);
  for (const [key, value] of dict.entries.values())
    if (key.type === 'str') made.attributes.set(key.value, value, call.interpreter.journal);
  return made;
}

/** What training does beside the model. */
const harmless: Methods = Object.fromEntries(
  ['log', 'log_dict', 'print', 'freeze', 'unfreeze', 'manual_backward', 'toggle_optimizer', 'untoggle_optimizer'].map(
    (name) => [name, () => none],
  ),
);

const lightningModule = builtinClass(
  'LightningModule',
  [moduleClass],
  { ...harmless, save_hyperparameters: saveHyperparameters },
  () => new ModuleState(),
);

/** `lightning`, by all its names. */
export const lightning = moduleOf('lightning', () => ({ LightningModule: lightningModule }));
