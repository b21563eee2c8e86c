import { builtin, type Methods } from '../python/classes';
import { bool, ListValue, none, text, tuple, type Call, type InstanceValue, type Value } from '../python/values';
import { inScope, shapesOf } from './building';
import { callLayer } from './calling';
import { variablesOf } from './held';
import { layerClass, layerState, type LayerState } from './layerState';
import { snakeCase } from './names';
import { kerasSession } from './session';
import { fromKerasShape, toKerasShape } from './sizes';
import { variableState } from './tensor';
import { addWeight, loadWeights } from './weights';

const layerParameters = ['activity_regularizer', 'trainable', 'dtype', 'autocast', 'name'];

/** What every layer takes: its name, and what tells the shape of the input. */
export function initialiseLayer(call: Call): void {
  const [layer] = call.positional;
  const state = layer?.type === 'instance' ? layerState(layer) : undefined;
  if (layer?.type !== 'instance' || !state) return;
  const { interpreter } = call;
  const name = call.keywords.get('name');
  state.name =
    name?.type === 'str'
      ? name.value
      : kerasSession(interpreter).names.next(snakeCase(layer.cls.name), interpreter.journal);
  const [dim, shape, batchShape] = ['input_dim', 'input_shape', 'batch_input_shape'].map((key) =>
    call.keywords.get(key),
  );
  if (batchShape && batchShape.type !== 'none') {
    const sizes = toKerasShape(interpreter, batchShape, true);
    state.inputShape = sizes && fromKerasShape(sizes.slice(1));
  } else if (dim) state.inputShape = tuple([dim]);
  else if (shape && shape.type !== 'none') state.inputShape = shape;
  const dtype = call.keywords.get('dtype');
  for (const [key, value] of call.keywords)
    if (!layerParameters.includes(key) && !layer.attributes.has(key))
      layer.attributes.set(key, value, interpreter.journal);
  if (dtype) layer.attributes.set('dtype', dtype, interpreter.journal);
}

const methods: Methods = {
  __init__: (call) => {
    // The attributes of a layer of the source are its own business.
    const named = new Map(
      [...call.keywords].filter(([key]) =>
        [...layerParameters, 'input_dim', 'input_shape', 'batch_input_shape'].includes(key),
      ),
    );
    initialiseLayer({ ...call, keywords: named });
    return none;
  },
  __call__: callLayer,
  build: (call) => {
    // Reached through an instance whose class has no `build` of its own, or through `super()` from one that has.
    const [layer, given] = call.positional;
    const state = layer?.type === 'instance' ? layerState(layer) : undefined;
    if (layer?.type !== 'instance' || !state) return none;
    inScope(layer, state, call, () => state.make?.(given ?? [...call.keywords.values()][0] ?? none, call));
    call.interpreter.journal.beforeChange(state);
    state.built = true;
    return none;
  },
  add_weight: addWeight,
  add_variable: addWeight,
  load_weights: loadWeights,
  set_weights: loadWeights,
  add_loss: () => none,
  add_metric: () => none,
  get_config: (call) => call.interpreter.unknown('get_config()', 'is not followed'),
  count_params: (call) => call.interpreter.unknown('count_params()', 'is not followed'),
  get_weights: (call) => call.interpreter.unknown('get_weights()', 'is not followed'),
  summary: () => none,
};

function property(name: string, get: (layer: InstanceValue, state: LayerState, call: Call) => Value): [string, Value] {
  return [
    name,
    {
      type: 'property',
      getter: builtin(name, (call) => {
        const [layer] = call.positional;
        const state = layer?.type === 'instance' ? layerState(layer) : undefined;
        return layer?.type === 'instance' && state ? get(layer, state, call) : none;
      }),
    },
  ];
}

const variableList =
  (trained: boolean | undefined) =>
  (layer: InstanceValue): Value =>
    new ListValue(variablesOf(layer).filter((one) => trained === undefined || variableState(one)?.trained === trained));

const notThere = (call: Call, name: string): Value =>
  call.interpreter.unknown(`.${name}`, 'is not known before the layer is called');

const properties = [
  property('name', (_layer, state) => text(state.name)),
  property('path', (_layer, state) => text(state.path ?? state.name)),
  property('built', (_layer, state) => bool(state.built)),
  property('weights', variableList(undefined)),
  property('variables', variableList(undefined)),
  property('trainable_weights', variableList(true)),
  property('trainable_variables', variableList(true)),
  property('non_trainable_weights', variableList(false)),
  property(
    'output',
    (_layer, { graph, firstCall }, call) => graph?.outputs ?? firstCall?.outputs ?? notThere(call, 'output'),
  ),
  property(
    'input',
    (_layer, { graph, firstCall }, call) => graph?.inputs ?? firstCall?.inputs ?? notThere(call, 'input'),
  ),
  property('output_shape', (_layer, { graph, firstCall }, call) =>
    shapesOf(graph?.outputs ?? firstCall?.outputs ?? none, call),
  ),
  property('input_shape', (_layer, { graph, firstCall }, call) =>
    shapesOf(graph?.inputs ?? firstCall?.inputs ?? none, call),
  ),
] as const;

layerClass.attributes.fill(
  new Map<string, Value>([
    ...Object.entries(methods).map(([name, call]) => [name, builtin(name, call, true)] as const),
    ...properties,
    ['trainable', bool(true)],
    ['supports_masking', bool(false)],
  ]),
);
