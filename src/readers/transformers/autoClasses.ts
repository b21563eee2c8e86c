import { builtin, builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { none, unknown, type Call, type ClassValue, type Value } from '../python/values';
import { fileText, packageMember } from './files';

/** `AutoModelForCausalLM` and its like: the class of a model is told by the kind of its configuration. */

const modelTables = 'transformers.models.auto.modeling_auto';
const configurationTables = ['transformers.models.auto.auto_mappings', 'transformers.models.auto.configuration_auto'];

const made = new Map<string, ClassValue>();

/** The class of that name; undefined for names of other things. */
export function autoClass(name: string): ClassValue | undefined {
  if (name !== 'AutoConfig' && !/^AutoModel(For\w+)?$/.test(name) && name !== 'AutoBackbone') return undefined;
  const known = made.get(name);
  if (known) return known;
  const cls = builtinClass(name, [objectClass], {});
  const methods: Readonly<Record<string, (call: Call) => Value>> =
    name === 'AutoConfig' ? { for_model: configurationFor } : { from_config: (call) => modelFor(name, call) };
  cls.attributes.fill(
    new Map<string, Value>(
      Object.entries({ ...methods, from_pretrained: fromPretrained(name) }).map(([method, call]) => [
        method,
        { type: 'staticmethod', callee: builtin(method, call) },
      ]),
    ),
  );
  made.set(name, cls);
  return cls;
}

const fromPretrained =
  (name: string) =>
  (call: Call): Value => {
    const config = call.keywords.get('config');
    return name !== 'AutoConfig' && config?.type === 'instance'
      ? ofCheckpoint(modelClass(name, config, call), config, call)
      : call.interpreter.unknown(`${name}.from_pretrained(…)`, 'is what a checkpoint says, which is not read');
  };

function ofCheckpoint(cls: Value, config: Value, { interpreter }: Call): Value {
  const method = interpreter.getAttribute(cls, 'from_pretrained');
  return interpreter.call(method, { positional: [none], keywords: new Map([['config', config]]) });
}

function modelFor(name: string, call: Call): Value {
  const config = call.positional[0] ?? call.keywords.get('config') ?? none;
  const cls = modelClass(name, config, call);
  return call.interpreter.apply(cls, config);
}

/** The class that a table of the package names for the `model_type` of a configuration. */
function modelClass(name: string, config: Value, { interpreter }: Call): Value {
  const kind = interpreter.findAttribute(config, 'model_type');
  const text = fileText(interpreter, modelTables) ?? '';
  const [, table = ''] = new RegExp(`class ${name}\\b[^:]*:\\s*_model_mapping = (\\w+)`).exec(text) ?? [];
  const found = entryOf(text, `${table}_NAMES`, kind);
  return (
    (found === undefined ? undefined : packageMember(interpreter, found)) ??
    unknown(`${name}.from_config(…)`, 'is a model of a kind that is not known', interpreter.site)
  );
}

/** `AutoConfig.for_model('bert', hidden_size=128)` */
function configurationFor(call: Call): Value {
  const { interpreter } = call;
  const [kind = none, ...rest] = call.positional;
  for (const file of configurationTables) {
    const found = entryOf(fileText(interpreter, file) ?? '', 'CONFIG_MAPPING_NAMES', kind);
    const cls = found === undefined ? undefined : packageMember(interpreter, found);
    if (cls) return interpreter.call(cls, { ...call, positional: rest });
  }
  return interpreter.unknown('AutoConfig.for_model(…)', 'is of a kind that is not known');
}

/** What a table says of a kind of models. Its text is looked at, and not executed: the tables are long. */
function entryOf(text: string, table: string, kind: Value | undefined): string | undefined {
  const start = text.indexOf(`\n${table} = `);
  if (start < 0 || kind?.type !== 'str' || !/^[\w-]+$/.test(kind.value)) return undefined;
  const next = /\n\w/.exec(text.slice(start + 1));
  const entries = text.slice(start, next ? start + 1 + next.index : text.length);
  return new RegExp(`["']${kind.value}["']\\s*[,:]\\s*["'](\\w+)["']`).exec(entries)?.[1];
}
