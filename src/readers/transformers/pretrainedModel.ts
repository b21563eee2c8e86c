import { builtin, builtinClass, type Methods } from '../python/classes';
import { objectClass } from '../python/library/types';
import {
  bool,
  isSubclass,
  ListValue,
  none,
  text,
  type Call,
  type ClassValue,
  type InstanceValue,
  type Value,
} from '../python/values';
import { dtypes } from '../pytorch/functions/dtypes';
import { moduleClass, ModuleState, namedParameters, self } from '../pytorch/module';
import { initialise } from '../pytorch/initialise';
import { unknownDraw } from '../pytorch/draw';
import { extendedMask } from './attentionMasks';
import { implementationOf } from './implementations';
import { fileMember, fileText } from './files';
import { initialiseModel, initialWeights } from './initialWeights';
import { configuredShape, mainInputs } from './mainInputs';
import { asTuple, isModelOutput } from './modelOutput';
import { resizeEmbeddings } from './resizing';
import { leaveOpen, tieWeights } from './tiedWeights';

/** `PreTrainedModel`, the base of the models of `transformers` and of many that people write. */
export const preTrainedModel: ClassValue = builtinClass('PreTrainedModel', [moduleClass], {}, () => {
  const state = new ModuleState();
  state.inputs = {
    names: (model, parameters, interpreter) => mainInputs(model, parameters, generationMixin, interpreter),
    shape: configuredShape,
  };
  return state;
});

/** What a model has that generates text. */
export const generationMixin = builtinClass('GenerationMixin', [objectClass], {});

const isPreTrained = (module: InstanceValue): boolean => isSubclass(module.cls, preTrainedModel);

/** Gives models methods that find their embeddings. */
const embeddingAccess = 'class EmbeddingAccessMixin';

/** What changes how a model is trained, stored or moved, and not what it computes. */
const settings = [
  'add_model_tags',
  'enable_input_require_grads',
  'gradient_checkpointing_disable',
  'gradient_checkpointing_enable',
  'init_parallel_plans',
  'save_pretrained',
  'warn_if_padding_and_no_attention_mask',
  '_backward_compatibility_gradient_checkpointing',
];

/** What changes the parameters of a model in ways that are not followed. */
const changing = ['add_adapter', 'dequantize', 'load_adapter', 'prune_heads', 'resize_position_embeddings'];

const changed =
  (name: string) =>
  (call: Call): Value => {
    leaveOpen(self(call), `what \`${name}\` changes is not followed`);
    return none;
  };

const methods: Methods = {
  __init__: (call) => {
    const [, given] = call.positional;
    const config = given ?? call.keywords.get('config') ?? call.interpreter.unknown('config', 'is not given');
    const { interpreter } = call;
    interpreter.setAttribute(self(call), 'config', config);
    chooseAttention(self(call), config, call);
    return none;
  },
  __call__: callModel,
  post_init: finish,
  init_weights: finish,
  initialize_weights: (call) => {
    initialiseModel(self(call), isPreTrained, call);
    return none;
  },
  _init_weights: (call) => {
    initialWeights(self(call), call.positional[1], call);
    return none;
  },
  tie_weights: (call) => {
    tieWeights(self(call), call);
    return none;
  },
  get_extended_attention_mask: (call) => {
    const config = call.interpreter.findAttribute(self(call), 'config');
    return extendedMask(config ?? none, call);
  },
  _tie_or_clone_weights: ({ positional: [, target, source], interpreter }) => {
    const weight = source && interpreter.findAttribute(source, 'weight');
    if (target && weight) interpreter.setAttribute(target, 'weight', weight);
    return none;
  },
  get_input_embeddings: inputEmbeddings,
  set_input_embeddings: (call) => setEmbeddings(call),
  set_output_embeddings: (call) => {
    const [, layer = none] = call.positional;
    if (call.interpreter.findAttribute(self(call), 'lm_head'))
      call.interpreter.setAttribute(self(call), 'lm_head', layer);
    return none;
  },
  resize_token_embeddings: (call) => resizeEmbeddings(self(call), call),
  get_output_embeddings: (call) => {
    const { interpreter } = call;
    // Before 4.54 there was none, unless a class said so.
    const code = fileText(interpreter, 'transformers.modeling_utils') ?? embeddingAccess;
    return (code.includes(embeddingAccess) ? interpreter.findAttribute(self(call), 'lm_head') : undefined) ?? none;
  },
  // The heads of an encoder that are left out: none.
  get_head_mask: ({ positional: [, mask = none, layers], interpreter }) => {
    const count = layers?.type === 'int' ? layers.value : undefined;
    if (mask.type !== 'none' || count === undefined)
      return interpreter.unknown('head_mask', 'leaves out heads, which is not followed');
    interpreter.budget.spend(count);
    return new ListValue(Array.from({ length: count }, () => none));
  },
  ...Object.fromEntries(settings.map((name) => [name, () => none])),
  ...Object.fromEntries(changing.map((name) => [name, changed(name)])),
};

/** The end of a constructor: parameters are drawn, and tied. */
function finish(call: Call): Value {
  const { interpreter } = call;
  interpreter.apply(interpreter.getAttribute(self(call), 'initialize_weights'));
  interpreter.apply(interpreter.getAttribute(self(call), 'tie_weights'));
  return none;
}

/** Where nobody has said how attention is to be computed, it is PyTorch's own function, if the model can do with that. */
function chooseAttention(model: InstanceValue, config: Value, { interpreter }: Call): void {
  const wanted = interpreter.findAttribute(config, '_attn_implementation') ?? none;
  if (config.type !== 'instance' || wanted.type !== 'none') return;
  const supports = interpreter.truth(interpreter.getAttribute(model, '_supports_sdpa'));
  const chosen = text(implementationOf(supports === true));
  for (const name of ['_attn_implementation_internal', '_attn_implementation'])
    interpreter.setAttribute(config, name, chosen);
}

/** As `can_return_tuple` does: `return_dict=False` asks for a tuple, of models whose code does not look at it itself. */
function callModel(call: Call): Value {
  const { interpreter } = call;
  const forward = interpreter.findAttribute(self(call), 'forward');
  const callee = forward?.type === 'method' && forward.callee.type === 'function' ? forward.callee : undefined;
  const looksItself = callee?.parameters.some(({ name }) => name === 'return_dict') ?? true;
  const plain = interpreter.getAttribute(moduleClass, '__call__');
  const config = interpreter.findAttribute(self(call), 'config');
  if (looksItself) return withRecorded(interpreter.call(plain, call), config, call);
  const keywords = new Map(call.keywords);
  keywords.delete('return_dict');
  const result = withRecorded(interpreter.call(plain, { ...call, keywords }), config, call);
  const wanted =
    call.keywords.get('return_dict') ?? (config && interpreter.findAttribute(config, 'return_dict')) ?? bool(true);
  return isModelOutput(result) && wanted.type !== 'none' && interpreter.truth(wanted) === false
    ? asTuple(result)
    : result;
}

/** What a model gives besides, when it is asked for it: all of what its layers compute. */
const recorded: Readonly<Record<string, string>> = {
  output_hidden_states: 'hidden_states',
  output_attentions: 'attentions',
};

/** Since version 5 that is recorded as the layers run, and not by the code of the model: it is there, and not followed. */
function withRecorded(result: Value, config: Value | undefined, call: Call): Value {
  const { interpreter } = call;
  if (!isModelOutput(result)) return result;
  for (const [setting, field] of Object.entries(recorded)) {
    const asked = call.keywords.get(setting) ?? (config && interpreter.findAttribute(config, setting)) ?? none;
    if (asked.type === 'none' || interpreter.truth(asked) === false) continue;
    if (result.attributes.get(field)?.type === 'none')
      interpreter.setAttribute(
        result,
        field,
        interpreter.unknown(field, 'is recorded as the layers run, which is not followed'),
      );
  }
  return result;
}

/** Where models keep the table of their tokens; the first that is there. */
const embeddingPaths = [[], ['embeddings'], ['model']];

/** What has the table of the tokens, and under which name; undefined where that is the model without its head. */
function embeddingPlace(call: Call): { readonly owner: Value; readonly name: string } | undefined {
  const { interpreter } = call;
  const model = self(call);
  const own = interpreter.findAttribute(model, '_input_embed_layer');
  const name = own?.type === 'str' ? own.value : 'embed_tokens';
  for (const path of embeddingPaths) {
    const owner = path.reduce<Value | undefined>(
      (value, part) => value && interpreter.findAttribute(value, part),
      model,
    );
    if (owner && interpreter.findAttribute(owner, name)) return { owner, name };
  }
  return undefined;
}

function inputEmbeddings(call: Call): Value {
  const { interpreter } = call;
  const place = embeddingPlace(call);
  if (place) return interpreter.getAttribute(place.owner, place.name);
  const base = baseOf(call);
  const method = base === self(call) ? undefined : interpreter.findAttribute(base, 'get_input_embeddings');
  return method ? interpreter.apply(method) : interpreter.unknown('get_input_embeddings()', 'finds no embeddings');
}

function setEmbeddings(call: Call): Value {
  const { interpreter } = call;
  const [, layer = none] = call.positional;
  const place = embeddingPlace(call);
  if (place) interpreter.setAttribute(place.owner, place.name, layer);
  const base = baseOf(call);
  if (!place && base !== self(call)) interpreter.apply(interpreter.getAttribute(base, 'set_input_embeddings'), layer);
  return none;
}

/** The model without its head; the model itself where it has none. */
function baseOf(call: Call): Value {
  const { interpreter } = call;
  const prefix = interpreter.findAttribute(self(call), 'base_model_prefix');
  const base = prefix?.type === 'str' ? interpreter.findAttribute(self(call), prefix.value) : undefined;
  return base ?? self(call);
}

/** The loss of a model for a task, by the name of its class. */
function lossOf(call: Call): Value {
  const { interpreter } = call;
  const model = self(call);
  const table = fileMember(interpreter, 'transformers.loss.loss_utils', 'LOSS_MAPPING');
  const entries = table?.type === 'dict' ? [...table.entries.values()] : [];
  const found =
    entries.find(([key]) => key.type === 'str' && model.cls.name === key.value) ??
    entries.find(([key]) => key.type === 'str' && model.cls.name.includes(key.value));
  return found?.[1] ?? interpreter.unknown('loss_function', 'is not known');
}

/** A model whose weights come from elsewhere: its sizes are known only where the configuration is given. */
function fromPretrained(call: Call): Value {
  const [cls = none, ...rest] = call.positional;
  const config = call.keywords.get('config');
  const name = cls.type === 'class' ? cls.name : 'Model';
  if (cls.type !== 'class' || config?.type !== 'instance')
    return call.interpreter.unknown(
      `${name}.from_pretrained(…)`,
      'takes its sizes from the configuration of a checkpoint, which is not read',
    );
  const model = call.interpreter.apply(cls, config, ...rest.slice(1));
  if (model.type === 'instance')
    for (const parameter of namedParameters(model).keys())
      initialise(parameter, unknownDraw('the weights are loaded from a checkpoint'), call);
  return model;
}

function fromConfig(call: Call): Value {
  const [cls = none, config = none] = call.positional;
  return call.interpreter.apply(cls, call.keywords.get('config') ?? config);
}

const property = (name: string, getter: (call: Call) => Value): readonly [string, Value] => [
  name,
  { type: 'property', getter: builtin(name, getter) },
];

const onClass = (name: string, call: (call: Call) => Value): readonly [string, Value] => [
  name,
  { type: 'classmethod', callee: builtin(name, call, true) },
];

preTrainedModel.attributes.fill(
  new Map<string, Value>([
    ...Object.entries(methods).map(([name, call]) => [name, builtin(name, call, true)] as const),
    ['config_class', none],
    ['base_model_prefix', text('')],
    ['main_input_name', text('input_ids')],
    ['_tied_weights_keys', none],
    ['_supports_sdpa', bool(false)],
    ['supports_gradient_checkpointing', bool(false)],
    ['is_gradient_checkpointing', bool(false)],
    ['_keep_in_fp32_modules', none],
    ['_can_record_outputs', none],
    ['is_parallelizable', bool(false)],
    property('base_model', baseOf),
    property('loss_function', lossOf),
    property('dtype', () => dtypes['float32'] ?? none),
    property('device', ({ interpreter }) => interpreter.unknown('.device', 'is an attribute that is not followed')),
    onClass('from_pretrained', fromPretrained),
    onClass('_from_config', fromConfig),
    onClass('from_config', fromConfig),
    onClass('can_generate', () => bool(false)),
    onClass('register_for_auto_class', () => none),
  ]),
);

/** A layer that may be computed a second time in the backward pass: what it computes is the same. */
export const gradientCheckpointingLayer = builtinClass('GradientCheckpointingLayer', [moduleClass], {});
gradientCheckpointingLayer.attributes.fill(new Map<string, Value>([['gradient_checkpointing', bool(false)]]));
