import { builtin } from '../python/classes';
import { moduleOf } from '../python/library/module';
import { bool, float, none, text, type Call, type ModuleValue, type Value } from '../python/values';
import { activationMembers } from './activations';
import { initializerMembers } from './initializers';
import { layerClass, modelClass, sequentialClass } from './layerState';
import { layerClasses } from './layers';
import { mergingFunctions } from './layers/merging';
import { lossMembers } from './losses';
import { input, inputLayerClass } from './models';
import { backendRandomMembers, factoryMembers, randomMembers } from './ops/factories';
import { functionMembers, tensorflowMembers } from './ops/table';
import { nameScopeClass } from './nameScope';
import { kerasSession } from './session';
import { symbolic, tensorClass, variableClass } from './tensor';
import { installTensorMethods } from './tensorMethods';
import { variableMaker } from './variables';

installTensorMethods();
variableClass.attributes.fill(new Map<string, Value>([['__new__', variableMaker]]));

/** Gives back what it is given first: a decorator, a wrapper that changes nothing here. */
const passing = builtin('passing', ({ positional: [value = none] }) => value);
/** Takes arguments and gives a decorator that changes nothing: `@keras_export("…")`. */
const decorating = builtin('decorating', () => passing);
const nothing = builtin('nothing', () => none);
/** `with tf.name_scope("…")`: it names TensorFlow's operations, not the variables of layers. */
const context = builtin('context', () => none);

/** A regulariser, a constraint, an optimiser, a metric, a callback: it does not change what is read here. */
const irrelevant = (name: string): ModuleValue => {
  const made = builtin(name, (call: Call) => call.interpreter.unknown(name, 'is not followed'));
  return { type: 'module', name: `keras.${name}`, get: () => made, names: () => [] };
};

function isTensor({ positional: [value] }: Call): Value {
  return bool(symbolic(value) !== undefined);
}

const layerMembers = {
  ...layerClasses,
  ...mergingFunctions(layerClasses),
  Layer: layerClass,
  Input: input,
  InputLayer: inputLayerClass,
};

const layersModule = moduleOf('keras.layers', () => layerMembers);
const modelMembers = { Model: modelClass, Sequential: sequentialClass, Functional: modelClass };
const modelsModule = moduleOf('keras.models', () => modelMembers);
const initializersModule = moduleOf('keras.initializers', () => initializerMembers);
const activationsModule = moduleOf('keras.activations', () => activationMembers);
const lossesModule = moduleOf('keras.losses', () => lossMembers);
const randomModule = moduleOf('keras.random', () => randomMembers);
const opsModule = moduleOf('keras.ops', () => ({
  ...functionMembers,
  ...factoryMembers,
  is_tensor: builtin('is_tensor', isTensor),
}));

const backendModule = moduleOf('keras.backend', () => ({
  ...functionMembers,
  ...factoryMembers,
  ...backendRandomMembers,
  image_data_format: builtin('image_data_format', () => text('channels_last')),
  backend: builtin('backend', () => text('tensorflow')),
  epsilon: builtin('epsilon', () => float(1e-7)),
  floatx: builtin('floatx', () => text('float32')),
  is_keras_tensor: builtin('is_keras_tensor', isTensor),
  clear_session: builtin('clear_session', clearSession),
  KerasTensor: tensorClass,
  Variable: variableClass,
  name_scope: nameScopeClass,
}));

/** Automatic names count from the start again. */
function clearSession({ interpreter }: Call): Value {
  const { names } = kerasSession(interpreter);
  interpreter.journal.beforeChange(names);
  names.restore(new Map());
  return none;
}

const savingModule = moduleOf('keras.saving', () => ({
  register_keras_serializable: decorating,
  serialize_keras_object: nothing,
}));

const utilsModule = moduleOf('keras.utils', () => ({
  register_keras_serializable: decorating,
  set_random_seed: nothing,
  clear_session: builtin('clear_session', clearSession),
}));

const kerasModule: ModuleValue = moduleOf('keras', () => ({
  ...modelMembers,
  Layer: layerClass,
  Input: input,
  KerasTensor: tensorClass,
  Variable: variableClass,
  layers: layersModule,
  models: modelsModule,
  initializers: initializersModule,
  activations: activationsModule,
  losses: lossesModule,
  ops: opsModule,
  random: randomModule,
  backend: backendModule,
  utils: utilsModule,
  saving: savingModule,
  regularizers: irrelevant('regularizers'),
  constraints: irrelevant('constraints'),
  optimizers: irrelevant('optimizers'),
  metrics: irrelevant('metrics'),
  callbacks: irrelevant('callbacks'),
  datasets: irrelevant('datasets'),
  config: moduleOf('keras.config', () => ({
    image_data_format: builtin('image_data_format', () => text('channels_last')),
  })),
}));

const nnModule = moduleOf('tensorflow.nn', () => tensorflowMembers);
const mathModule = moduleOf('tensorflow.math', () => tensorflowMembers);
const tensorflowRandom = moduleOf('tensorflow.random', () => randomMembers);

/** `tf.random_normal_initializer()` and the like. */
const tensorflowInitializers = Object.fromEntries(
  Object.entries(initializerMembers).filter(([name]) => name.endsWith('_initializer')),
);

const tensorflowModule: ModuleValue = moduleOf('tensorflow', () => ({
  ...tensorflowMembers,
  ...factoryMembers,
  ...tensorflowInitializers,
  keras: kerasModule,
  nn: nnModule,
  math: mathModule,
  linalg: moduleOf('tensorflow.linalg', () => tensorflowMembers),
  random: tensorflowRandom,
  image: irrelevant('image'),
  data: irrelevant('data'),
  Module: layerClass,
  Tensor: tensorClass,
  Variable: variableClass,
  function: builtin('function', ({ positional: [value = passing] }) => value),
  name_scope: context,
  GradientTape: context,
  newaxis: none,
  float32: text('float32'),
  float16: text('float16'),
  int32: text('int32'),
  int64: text('int64'),
  bool: text('bool'),
}));

/** What `keras.applications` imports besides: it is read from Keras' own files. */
const exportModule = moduleOf('keras.api_export', () => ({ keras_export: decorating }));
const fileUtils = moduleOf('keras.utils.file_utils', () => ({ exists: builtin('exists', () => bool(true)) }));
const operationUtils = moduleOf('keras.ops.operation_utils', () => ({
  get_source_inputs: builtin('get_source_inputs', ({ positional: [tensor = none] }) => tensor),
}));

const modules: ReadonlyMap<string, ModuleValue> = new Map([
  ['keras', kerasModule],
  ['keras.layers', layersModule],
  ['keras.models', modelsModule],
  ['keras.initializers', initializersModule],
  ['keras.activations', activationsModule],
  ['keras.losses', lossesModule],
  ['keras.ops', opsModule],
  ['keras.random', randomModule],
  ['keras.backend', backendModule],
  ['keras.utils', utilsModule],
  ['keras.saving', savingModule],
  ['keras.api_export', exportModule],
  ['keras.utils.file_utils', fileUtils],
  ['keras.ops.operation_utils', operationUtils],
  ['tensorflow', tensorflowModule],
  ['tensorflow.nn', nnModule],
  ['tensorflow.math', mathModule],
  ['tensorflow.random', tensorflowRandom],
]);

/** Names under which Keras is also found. */
const homes: readonly (readonly [string, string])[] = [
  ['tensorflow.keras', 'keras'],
  ['tensorflow.python.keras', 'keras'],
  ['tf_keras', 'keras'],
  ['keras.src', 'keras'],
  ['keras.api', 'keras'],
];

function canonical(name: string): string {
  for (const [home, plain] of homes) {
    if (name === home) return plain;
    if (name.startsWith(`${home}.`)) return canonical(plain + name.slice(home.length));
  }
  return name;
}

/** `keras.layers.convolutional` is `keras.layers`, as far as names go. */
export function importKeras(name: string): ModuleValue | undefined {
  const plain = canonical(name);
  const known = modules.get(plain);
  if (known) return known;
  const [head, room] = plain.split('.');
  const inside = head === 'keras' && room !== undefined && plain.split('.').length > 2;
  return inside && room !== 'applications' ? modules.get(`${head}.${room}`) : undefined;
}

/** The applications are read from Keras' own files, where they are there. */
export function kerasFile(name: string): string | undefined {
  if (name.startsWith('keras.src.applications')) return name;
  const plain = canonical(name);
  return plain === 'keras.applications' || plain.startsWith('keras.applications.') ? plain : undefined;
}
