import { builtin } from '../python/classes';
import { moduleOf } from '../python/library/module';
import { objectClass } from '../python/library/types';
import { builtinClass } from '../python/classes';
import { asDataclass } from '../python/library/dataclasses';
import { float, none, text, type ModuleValue, type Value } from '../python/values';
import { arrayClass } from './array';
import { installArrayMethods } from './arrayMethods';
import { activations } from './functions/activations';
import { arrayFunctions } from './functions/define';
import { factoryMembers, randomMembers } from './functions/factories';
import { neuralFunctions } from './functions/neural';
import { linalgFunctions, numpyFunctions } from './functions/numpy';
import { initializerMembers } from './initializers';
import { layerDefinitions } from './layers';
import { attentionLayers as linenAttention } from './linen/attention';
import { containers as linenContainers } from './linen/containers';
import { linenLayer } from './linen/layer';
import { compact, nowrap, transformed } from './linen/module';
import { recurrentLayers as linenRecurrent } from './linen/recurrent';
import { linenModuleClass } from './linen/state';
import { attentionLayers as nnxAttention } from './nnx/attention';
import { containers as nnxContainers } from './nnx/containers';
import { nnxLayer } from './nnx/layer';
import { nnxModuleClass, passing } from './nnx/module';
import { recurrentLayers as nnxRecurrent } from './nnx/recurrent';
import { variableClasses } from './nnx/variables';

installArrayMethods();

const initializersModule = moduleOf('jax.nn.initializers', () => initializerMembers);
const neural = { ...arrayFunctions(activations), ...arrayFunctions(neuralFunctions) };
const types = ['float32', 'float16', 'bfloat16', 'float64', 'int8', 'uint8', 'int32', 'int64', 'bool_'];
const typeNames = Object.fromEntries(types.map((name) => [name, text(name)]));

const numpyModule = moduleOf('jax.numpy', () => ({
  ...arrayFunctions(numpyFunctions),
  ...factoryMembers,
  ...typeNames,
  linalg: moduleOf('jax.numpy.linalg', () => arrayFunctions(linalgFunctions)),
  ndarray: arrayClass,
  newaxis: none,
  pi: float(Math.PI),
  e: float(Math.E),
  inf: float(Infinity),
}));

const randomModule = moduleOf('jax.random', () => randomMembers);

const jaxNeuralModule = moduleOf('jax.nn', () => ({
  ...arrayFunctions(activations),
  standardize: neural['standardize'] ?? none,
  initializers: initializersModule,
}));

const laxModule = moduleOf('jax.lax', () => {
  const functions = arrayFunctions(numpyFunctions);
  const names = ['stop_gradient', 'exp', 'log', 'sin', 'cos', 'tanh', 'sqrt', 'square', 'abs', 'reshape', 'transpose'];
  return {
    ...Object.fromEntries(names.flatMap((name) => (functions[name] ? [[name, functions[name]] as const] : []))),
    Precision: text('precision'),
  };
});

const jaxModule: ModuleValue = moduleOf('jax', () => ({
  numpy: numpyModule,
  nn: jaxNeuralModule,
  random: randomModule,
  lax: laxModule,
  jit: passing,
  checkpoint: passing,
  remat: passing,
  named_scope: builtin('named_scope', () => none),
  Array: arrayClass,
}));

const members = (pairs: readonly (readonly [string, Value] | undefined)[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(pairs.flatMap((pair) => (pair ? [pair] : [])));

const linenModule = moduleOf('flax.linen', () => ({
  ...neural,
  ...members(layerDefinitions.map(linenLayer)),
  ...linenAttention,
  ...linenContainers,
  ...linenRecurrent,
  Module: linenModuleClass,
  compact,
  nowrap,
  remat: transformed('Checkpoint'),
  checkpoint: transformed('Checkpoint'),
  jit: transformed('Jit'),
  initializers: initializersModule,
  with_partitioning: passing,
  with_logical_partitioning: passing,
  with_logical_constraint: passing,
}));

const source = builtin('Rngs', ({ interpreter }) => interpreter.unknown('rngs', 'is a source of random numbers'));

const nnxModule = moduleOf('flax.nnx', () => ({
  ...neural,
  ...members(layerDefinitions.map(nnxLayer)),
  ...nnxAttention,
  ...nnxContainers,
  ...nnxRecurrent,
  ...variableClasses,
  Module: nnxModuleClass,
  Rngs: source,
  RngStream: source,
  initializers: initializersModule,
  data: passing,
  static: passing,
  jit: passing,
  remat: passing,
  with_partitioning: passing,
}));

/** `flax.struct.dataclass`, `PyTreeNode`: dataclasses. */
const structModule = moduleOf('flax.struct', () => ({
  dataclass: builtin('dataclass', (call) => {
    const [cls = none] = call.positional;
    return cls.type === 'class' ? asDataclass(cls, { ...call, keywords: new Map() }) : cls;
  }),
  PyTreeNode: builtinClass('PyTreeNode', [objectClass], {
    __init_subclass__: (call) => {
      const [cls = none] = call.positional;
      return cls.type === 'class' ? asDataclass(cls, { ...call, keywords: new Map() }) : none;
    },
  }),
}));

const flaxModule = moduleOf('flax', () => ({ linen: linenModule, nnx: nnxModule, struct: structModule }));

const modules: ReadonlyMap<string, ModuleValue> = new Map([
  ['flax', flaxModule],
  ['flax.linen', linenModule],
  ['flax.linen.initializers', initializersModule],
  ['flax.nnx', nnxModule],
  ['flax.experimental.nnx', nnxModule],
  ['flax.struct', structModule],
  ['jax', jaxModule],
  ['jax.numpy', numpyModule],
  ['jax.nn', jaxNeuralModule],
  ['jax.nn.initializers', initializersModule],
  ['jax.random', randomModule],
  ['jax.lax', laxModule],
]);

/** A module of Flax or JAX by its absolute name. */
export function importFlax(name: string): ModuleValue | undefined {
  return modules.get(name);
}
