import { builtin, builtinClass } from '../python/classes';
import { noAttribute } from '../python/exceptions';
import { dataclassesModule } from '../python/library/dataclasses';
import { objectClass } from '../python/library/types';
import { symbolOf } from '../python/truth';
import {
  bool,
  DictValue,
  InstanceValue,
  int,
  none,
  text,
  type Call,
  type ClassValue,
  type Value,
} from '../python/values';
import { layerClasses } from '../pytorch/layers';
import { SourceText } from '../text/source';
import { conv1D } from './conv1D';
import { modelOutputClass } from './modelOutput';

/**
 * What models are written with, where the files of `transformers` are not there: as much of it as all its versions share. What a
 * version decides is not known.
 */
export function standIn(name: string): Value | undefined {
  if (Object.hasOwn(members, name)) return members[name];
  return /^\w+Output(With\w+)?$/.test(name) ? outputClass(name) : undefined;
}

const nowhere = { source: new SourceText('', ''), start: 0, end: 0 };

/** What every configuration has from the start. */
const settings: Readonly<Record<string, Value>> = {
  architectures: none,
  chunk_size_feed_forward: int(0),
  is_encoder_decoder: bool(false),
  num_labels: int(2),
  output_attentions: bool(false),
  output_hidden_states: bool(false),
  problem_type: none,
  return_dict: bool(true),
  use_return_dict: bool(true),
  _attn_implementation: none,
};

/** What configurations have in some versions, or with another value. */
const ofVersions = ['add_cross_attention', 'is_decoder', 'pad_token_id', 'tie_word_embeddings', 'use_cache'];

/** `PreTrainedConfig`: settings by name, some of them under a second one (`attribute_map`). */
const configClass: ClassValue = builtinClass('PreTrainedConfig', [objectClass], {
  __init__: ({ positional: [self], keywords, interpreter }) => {
    if (self?.type !== 'instance') return none;
    for (const [name, value] of Object.entries(settings))
      if (!interpreter.findAttribute(self, name)) self.attributes.set(name, value, interpreter.journal);
    for (const [name, value] of keywords) interpreter.setAttribute(self, name, value);
    return none;
  },
  // Classes without a constructor declare their settings as a dataclass does.
  __init_subclass__: (call) => {
    const [cls] = call.positional;
    const dataclass = dataclassesModule.get('dataclass');
    if (cls?.type !== 'class' || !dataclass) return none;
    const declares = cls.syntax?.body.some((statement) => statement.kind === 'annotated') ?? false;
    if (declares && !cls.attributes.has('__init__'))
      call.interpreter.call(dataclass, { positional: [cls], keywords: new Map([['kw_only', bool(true)]]) });
    return none;
  },
  __post_init__: ({ positional: [self], interpreter }) => {
    if (self)
      interpreter.call(interpreter.getAttribute(configClass, '__init__'), { positional: [self], keywords: new Map() });
    return none;
  },
  __getattr__: ({ positional: [self, name], interpreter, site }) => {
    if (self?.type !== 'instance' || name?.type !== 'str') return none;
    const map = interpreter.findAttribute(self.cls, 'attribute_map');
    const other = map?.type === 'dict' ? map.get(name) : undefined;
    if (other?.type === 'str') return interpreter.getAttribute(self, other.value);
    if (ofVersions.includes(name.value))
      return interpreter.unknown(
        name.value,
        'is a setting that the version of transformers decides, which is not here',
      );
    throw noAttribute(name.value, site);
  },
  get_text_config: ({ positional: [self = none] }) => self,
  to_dict: ({ positional: [self] }) => {
    const dict = new DictValue();
    for (const [name, value] of self?.type === 'instance' ? self.attributes.entries() : []) dict.set(text(name), value);
    return dict;
  },
});

/** Names that a configuration is called by: the second one was the only one before version 5. */
const configNames = ['PreTrainedConfig', 'PretrainedConfig'];

configClass.attributes.fill(
  new Map<string, Value>([
    ...configClass.attributes.entries(),
    ['attribute_map', new DictValue()],
    ['model_type', text('')],
    ...['from_pretrained', 'get_config_dict', 'from_json_file'].map((name): readonly [string, Value] => [
      name,
      {
        type: 'classmethod',
        callee: builtin(
          name,
          ({ interpreter }) => interpreter.unknown(`${name}(…)`, 'reads a file that is not read here'),
          true,
        ),
      },
    ]),
    [
      'from_dict',
      {
        type: 'classmethod',
        callee: builtin(
          'from_dict',
          ({ positional: [cls = none, given = none], interpreter }) => {
            const entries = given.type === 'dict' ? [...given.entries.values()] : [];
            const keywords = entries.flatMap(([key, value]) =>
              key.type === 'str' ? [[key.value, value] as const] : [],
            );
            return interpreter.call(cls, { positional: [], keywords: new Map(keywords) });
          },
          true,
        ),
      },
    ],
  ]),
);

const outputClasses = new Map<string, ClassValue>();

/** An output of which the fields are those that it is given. */
function outputClass(name: string): ClassValue {
  let cls = outputClasses.get(name);
  if (!cls) {
    cls = builtinClass(name, [modelOutputClass], {
      __getattr__: ({ positional: [, field], interpreter }) =>
        interpreter.unknown(
          field?.type === 'str' ? field.value : 'a field',
          `is not set by the code that makes this ${name}`,
        ),
    });
    outputClasses.set(name, cls);
  }
  return cls;
}

/** Activations by the names that configurations have for them: the layer, and its settings. */
const activations: Readonly<Record<string, readonly [string, Readonly<Record<string, Value>>?]>> = {
  gelu: ['GELU'],
  gelu_fast: ['GELU', { approximate: text('tanh') }],
  gelu_new: ['GELU', { approximate: text('tanh') }],
  gelu_pytorch_tanh: ['GELU', { approximate: text('tanh') }],
  hardswish: ['Hardswish'],
  leaky_relu: ['LeakyReLU'],
  linear: ['Identity'],
  mish: ['Mish'],
  relu: ['ReLU'],
  relu6: ['ReLU6'],
  sigmoid: ['Sigmoid'],
  silu: ['SiLU'],
  swish: ['SiLU'],
  tanh: ['Tanh'],
};

function activation({ positional, interpreter }: Call): Value {
  const name = positional.at(-1) ?? none;
  if (name.type === 'unknown') return name;
  const [layer, keywords = {}] = (name.type === 'str' ? activations[name.value] : undefined) ?? [];
  const cls = layer === undefined ? undefined : layerClasses[layer];
  if (!cls) return interpreter.unknown(`ACT2FN[${symbolOf(name)}]`, 'is an activation that is not known here');
  return interpreter.call(cls, { positional: [], keywords: new Map(Object.entries(keywords)) });
}

const activationTable = builtinClass('ClassInstantier', [objectClass], {
  __getitem__: activation,
  __contains__: ({ positional: [, name] }) => bool(name?.type === 'str' && Object.hasOwn(activations, name.value)),
});

const members: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(configNames.map((name) => [name, configClass])),
  ACT2FN: new InstanceValue(activationTable, nowhere),
  get_activation: builtin('get_activation', activation),
  Conv1D: conv1D,
  // In pieces or as a whole, it computes the same.
  apply_chunking_to_forward: builtin('apply_chunking_to_forward', ({ positional, interpreter }) => {
    const [forward = none, , , ...tensors] = positional;
    return interpreter.apply(forward, ...tensors);
  }),
};
