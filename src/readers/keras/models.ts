import { findInClass } from '../python/attributes';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import { isElements } from '../python/operators';
import { ListValue, none, text, type Call, type InstanceValue, type Value } from '../python/values';
import { BATCH, type Shape } from '../../network';
import { callFunctional, graphBetween, layersIn } from './functional';
import { inputStep } from '../kerasLayers/graph';
import { buildLayer, inScope } from './building';
import { initialiseLayer } from './layer';
import { isLayer, layerClass, layerState, modelClass, sequentialClass, type LayerState } from './layerState';
import { compile } from './losses';
import { Recording } from './recording';
import { kerasSession } from './session';
import { fromKerasShape, toKerasShape } from './sizes';
import { makeTensor, shapeOf, symbolic, tensorsIn } from './tensor';

/** The layer that stands for an input. */
export const inputLayerClass = builtinClass('InputLayer', [layerClass], {
  __init__: (call) => {
    makeInput(call, 1);
    return none;
  },
});

const inputParameters = ['shape', 'batch_size', 'dtype', 'sparse', 'batch_shape', 'name', 'tensor', 'optional'];

/** `keras.Input(shape=(32, 32, 3))`. */
function makeInput(call: Call, skip: number): Value {
  const { interpreter } = call;
  const session = kerasSession(interpreter);
  const args = new CallArguments(call, inputParameters, skip);
  const keyword = (...names: readonly string[]): Value | undefined =>
    names.map((name) => call.keywords.get(name)).find((value) => value && value.type !== 'none');
  const tensor = args.get('tensor');
  if (tensor && symbolic(tensor)) return tensor;
  const whole = keyword('batch_shape', 'batch_input_shape');
  const sample = args.get('shape') ?? keyword('input_shape');
  const sizes = whole ? toKerasShape(interpreter, whole, true) : sample && toKerasShape(interpreter, sample, false);
  const shape: Shape | undefined = sizes && [BATCH, ...(whole ? sizes.slice(1) : sizes)];
  const name = args.get('name');
  const spelled = name?.type === 'str' ? name.value : session.names.next('input_layer', interpreter.journal);
  return makeTensor(inputStep(spelled, shape, { owner: undefined, isLayer: false, site: call.site }), false, call.site);
}

export const input = builtin('Input', (call) => makeInput(call, 0));

/** A tensor that stands for an input of this shape. */
export function placeholder(name: string, shape: Shape | undefined, call: Call): InstanceValue {
  return makeTensor(inputStep(name, shape, { owner: undefined, isLayer: false, site: call.site }), false, call.site);
}

function stateOf(call: Call): readonly [InstanceValue, LayerState] | undefined {
  const [model] = call.positional;
  const state = model?.type === 'instance' ? layerState(model) : undefined;
  return model?.type === 'instance' && state ? [model, state] : undefined;
}

/** `keras.Model(inputs, outputs, name=…)`; a subclass gives neither. */
function initialiseModel(call: Call): Value {
  const made = stateOf(call);
  if (!made) return none;
  const [model, state] = made;
  const args = new CallArguments(call, ['inputs', 'outputs', 'name'], 1);
  const name = args.get('name');
  const [inputs, outputs] = [args.get('inputs'), args.get('outputs')];
  const functional = inputs && outputs && tensorsIn([inputs]).length > 0;
  // Keras makes a plain `Model` with a graph a `Functional`, and names it so.
  const keywords = new Map([...call.keywords].filter(([key]) => key !== 'inputs' && key !== 'outputs'));
  if (name) keywords.set('name', name);
  else if (functional && model.cls === modelClass)
    keywords.set('name', text(kerasSession(call.interpreter).names.next('functional', call.interpreter.journal)));
  initialiseLayer({ ...call, keywords });
  if (functional) setGraph(model, state, inputs, outputs, call);
  return none;
}

function setGraph(model: InstanceValue, state: LayerState, inputs: Value, outputs: Value, call: Call): void {
  call.interpreter.journal.beforeChange(state);
  const graph = graphBetween(inputs, outputs);
  state.graph = graph;
  state.layers = layersIn(graph);
  state.built = true;
  // A functional model does not follow its own `call`, but its graph.
  if (findInClass(model.cls, 'call')?.type !== 'function')
    state.lower = (use) => (use.state.graph ? callFunctional(model, use.state.graph, use.call) : none);
}

/** `model.build((None, 784))`: a subclass is built by calling it on an input of that shape. */
function buildModel(call: Call): Value {
  const made = stateOf(call);
  const shapes = call.positional[1] ?? call.keywords.get('input_shape');
  if (!made || !shapes) return none;
  const [model, state] = made;
  const shape = toKerasShape(call.interpreter, shapes, true);
  const session = kerasSession(call.interpreter);
  if (shape && !session.owner) session.calls.set(model, [[BATCH, ...shape.slice(1)]]);
  if (state.make) buildLayer(model, shapes, call);
  else if (shape && findInClass(model.cls, 'call')?.type === 'function') {
    const inputs = placeholder('input', shape, call);
    inScope(model, state, call, () =>
      session.calling(model, () => call.interpreter.apply(call.interpreter.getAttribute(model, 'call'), inputs)),
    );
    call.interpreter.journal.beforeChange(state);
    state.built = true;
  }
  return none;
}

function layersOf(model: InstanceValue, state: LayerState): readonly InstanceValue[] {
  if (state.layers.length > 0) return state.layers;
  return [...model.attributes.entries().values()].filter(isLayer);
}

function getLayer(call: Call): Value {
  const made = stateOf(call);
  if (!made) return none;
  const args = new CallArguments(call, ['name', 'index'], 1);
  const layers = layersOf(...made);
  const [name, index] = [args.get('name'), args.get('index')];
  const found =
    name?.type === 'str'
      ? layers.find((layer) => layerState(layer)?.name === name.value)
      : index?.type === 'int'
        ? layers.at(index.value)
        : undefined;
  return found ?? call.interpreter.unknown('get_layer(…)', 'is a layer that is not found');
}

const layersProperty: Value = {
  type: 'property',
  getter: builtin('layers', (call) => {
    const made = stateOf(call);
    return made ? new ListValue([...layersOf(...made)]) : none;
  }),
};

const asList = (value: Value): Value =>
  value.type === 'list' || value.type === 'tuple' ? value : new ListValue([value]);

const graphProperty = (name: 'inputs' | 'outputs'): Value => ({
  type: 'property',
  getter: builtin(name, (call) => {
    const graph = stateOf(call)?.[1].graph;
    return graph ? asList(graph[name]) : call.interpreter.unknown(`.${name}`, 'is not known before the model is built');
  }),
});

const notFollowed = (name: string): Value =>
  builtin(name, (call) => call.interpreter.unknown(`${name}(…)`, 'is not followed'), true);

modelClass.attributes.fill(
  new Map<string, Value>([
    ['__init__', builtin('__init__', initialiseModel, true)],
    ['build', builtin('build', buildModel, true)],
    ['compile', builtin('compile', compile, true)],
    ['get_layer', builtin('get_layer', getLayer, true)],
    ['layers', layersProperty],
    ['inputs', graphProperty('inputs')],
    ['outputs', graphProperty('outputs')],
    ...['fit', 'evaluate', 'predict', 'train_on_batch', 'save', 'save_weights', 'export', 'to_json'].map(
      (name): [string, Value] => [name, notFollowed(name)],
    ),
  ]),
);

/** `Sequential([…])`: layers one after the other. It is built as soon as the shape of its input is known. */
function initialiseSequential(call: Call): Value {
  const made = stateOf(call);
  if (!made) return none;
  const [model, state] = made;
  const args = new CallArguments(call, ['layers', 'trainable', 'name'], 1);
  const name = args.get('name');
  initialiseLayer({ ...call, keywords: new Map([...call.keywords, ...(name ? [['name', name] as const] : [])]) });
  state.make = (shapes, building) =>
    buildSequential(model, state, shapes, { ...call, interpreter: building.interpreter });
  state.lower = (use) => callSequential(model, use.state, use.call);
  const layers = args.get('layers');
  if (!layers || layers.type === 'none') return none;
  const elements = call.interpreter.iterate(layers);
  if (!isElements(elements)) {
    kerasSession(call.interpreter).note('notUnderstood', 'The layers of this model are not known.', call.site);
    return none;
  }
  for (const layer of elements) append(state, layer, call);
  rebuild(model, state, call);
  return none;
}

function append(state: LayerState, layer: Value, call: Call): void {
  call.interpreter.journal.beforeChange(state);
  if (symbolic(layer)) state.inputShape = sampleOf(layer);
  else if (isLayer(layer)) {
    if (state.layers.length === 0) state.inputShape ??= layerState(layer)?.inputShape ?? graphShape(layer);
    if (layer.cls !== inputLayerClass) state.layers = [...state.layers, layer];
  } else {
    const reason = layer.type === 'unknown' ? layer : call.interpreter.unknown('this layer', 'is not known');
    state.layers = [...state.layers, unknownLayer(reason, call)];
  }
}

function sampleOf(tensor: Value): Value | undefined {
  const shape = shapeOf(tensor);
  return shape && fromKerasShape(shape.slice(1));
}

/** Of a model that has a graph: what it takes. */
function graphShape(layer: InstanceValue): Value | undefined {
  const graph = layerState(layer)?.graph;
  const [first] = graph ? tensorsIn([graph.inputs]) : [];
  return first && sampleOf(first);
}

/** Stands for a layer that is not known: what it does is opaque. */
function unknownLayer(reason: Extract<Value, { type: 'unknown' }>, call: Call): InstanceValue {
  const layer = call.interpreter.call(layerClass, { positional: [], keywords: new Map([['name', text('unknown')]]) });
  if (layer.type !== 'instance') throw new TypeError('A class makes instances.');
  const state = layerState(layer);
  if (state)
    state.lower = (use) =>
      new Recording(use.call, true).opaque(
        `\`${reason.symbol}\` ${reason.cause}: what it does is not known.`,
        tensorsIn(use.call.positional),
        `those that \`${reason.symbol}\` may have`,
      );
  return layer;
}

function rebuild(model: InstanceValue, state: LayerState, call: Call): void {
  if (!state.inputShape || state.layers.length === 0) return;
  const sample = toKerasShape(call.interpreter, state.inputShape, false);
  if (sample) buildLayer(model, fromKerasShape([BATCH, ...sample]), call);
}

/** Call the layers that have not been called yet, on from where the graph ends. */
function buildSequential(model: InstanceValue, state: LayerState, shapes: Value, call: Call): void {
  const shape = toKerasShape(call.interpreter, shapes, true);
  const session = kerasSession(call.interpreter);
  if (!shape || (session.owner?.layer === undefined && shapes.type === 'unknown')) return;
  const { owner } = session;
  session.owner = undefined;
  try {
    const begin = placeholder(`${state.name}_input`, shape, call);
    let x: Value = begin;
    for (const layer of state.layers) x = call.interpreter.apply(layer, x);
    call.interpreter.journal.beforeChange(state);
    state.graph = graphBetween(begin, x);
  } finally {
    session.owner = owner;
  }
}

function callSequential(model: InstanceValue, state: LayerState, call: Call): Value {
  if (state.graph) return callFunctional(model, state.graph, call);
  let x: Value = call.positional[0] ?? none;
  for (const layer of state.layers) x = call.interpreter.apply(layer, x);
  return x;
}

function add(call: Call): Value {
  const made = stateOf(call);
  if (!made) return none;
  const [model, state] = made;
  append(state, call.positional[1] ?? call.keywords.get('layer') ?? none, call);
  rebuild(model, state, call);
  return none;
}

function pop(call: Call): Value {
  const made = stateOf(call);
  if (!made) return none;
  const [model, state] = made;
  call.interpreter.journal.beforeChange(state);
  const last = state.layers.at(-1);
  state.layers = state.layers.slice(0, -1);
  state.graph = undefined;
  rebuild(model, state, call);
  return last ?? none;
}

sequentialClass.attributes.fill(
  new Map<string, Value>([
    ['__init__', builtin('__init__', initialiseSequential, true)],
    ['add', builtin('add', add, true)],
    ['pop', builtin('pop', pop, true)],
  ]),
);
