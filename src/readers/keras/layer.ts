import type { AxisRole, ParameterRole, Shape } from '../../network';
import { CallArguments } from '../python/arguments';
import { findInClass } from '../python/attributes';
import { builtin, type Methods } from '../python/classes';
import { bool, ListValue, none, text, tuple, type Call, type InstanceValue, type Value } from '../python/values';
import { notKnown } from '../kerasLayers/initializers';
import { drawOf } from './initializers';
import { isLayer, layerClass, layerState, type LayerState } from './layerState';
import { snakeCase } from './names';
import { Recording } from './recording';
import { kerasSession } from './session';
import { fromKerasShape, toKerasShape } from './sizes';
import { makeVariable, shapeOf, symbolic, tensorsIn, variableState } from './tensor';
import { VariableState, type DrawState } from './variable';

/** Run `body` in the name scope of a layer, as Keras does around `build`, `call` and `add_weight`. */
export function inScope<T>(layer: InstanceValue, state: LayerState, call: Call, body: () => T): T {
  const session = kerasSession(call.interpreter);
  if (state.parentPath === undefined) {
    call.interpreter.journal.beforeChange(state);
    state.parentPath = session.path;
  }
  return session.within({ name: state.name, caller: layer, parent: state.parentPath }, () => {
    if (state.path === undefined) {
      call.interpreter.journal.beforeChange(state);
      state.path = session.path;
    }
    return body();
  });
}

/** A variable of a layer, under the path where its name scope stands. */
export function addVariable(
  layer: InstanceValue,
  name: string,
  attribute: string,
  fields: {
    readonly shape: Shape;
    readonly role: ParameterRole;
    readonly axes: readonly AxisRole[];
    readonly trained: boolean;
    readonly drawn: DrawState;
  },
  call: Call,
): InstanceValue | undefined {
  const state = layerState(layer);
  if (!state) return undefined;
  const { interpreter } = call;
  return inScope(layer, state, call, () => {
    const session = kerasSession(interpreter);
    const path = `${session.path}/${name}`;
    const key = session.paths.next(path, interpreter.journal);
    const variable = makeVariable(
      new VariableState(path, key, fields.shape, fields.role, fields.axes, fields.trained, fields.drawn),
      call.site,
    );
    interpreter.journal.beforeChange(state);
    state.variables = new Map([...state.variables, [state.variables.has(attribute) ? key : attribute, variable]]);
    if (state.lower) layer.attributes.set(attribute, variable, interpreter.journal);
    session.progress++;
    return variable;
  });
}

/** Build a layer for inputs of these shapes: a tuple of sizes, or a structure of them as the inputs are given. */
export function buildLayer(layer: InstanceValue, shapes: Value, call: Call, more: readonly Value[] = []): void {
  const state = layerState(layer);
  if (!state) return;
  inScope(layer, state, call, () => {
    const own = findInClass(layer.cls, 'build');
    if (own?.type === 'function')
      call.interpreter.call(own, {
        positional: [layer, shapes, ...more.slice(0, own.parameters.length - 2)],
        keywords: new Map(),
      });
    else state.make?.(shapes, call);
  });
  call.interpreter.journal.beforeChange(state);
  state.built = true;
}

/** The shapes of tensors, in the structure that the tensors are given in. */
export function shapesOf(value: Value, call: Call): Value {
  switch (value.type) {
    case 'tuple':
      return tuple(value.items.map((item) => shapesOf(item, call)));
    case 'list':
      return new ListValue(value.items.map((item) => shapesOf(item, call)));
    default: {
      const shape = shapeOf(value);
      return shape ? fromKerasShape(shape) : call.interpreter.unknown('input_shape', 'is not known here');
    }
  }
}

/** `layer(x)`. */
function callLayer(called: Call): Value {
  const [layer, ...positional] = called.positional;
  const state = layer?.type === 'instance' ? layerState(layer) : undefined;
  if (layer?.type !== 'instance' || !state) return none;
  const call: Call = { ...called, positional };
  const session = kerasSession(call.interpreter);
  const keywords = new Map(call.keywords);
  const first = positional[0] ?? keywords.get('inputs') ?? [...keywords.values()][0] ?? none;
  const inputs = tensorsIn([...positional, ...keywords.values()]);
  if (inputs.length === 0 && !session.owner && state.graph === undefined && !takesNothing(first))
    return call.interpreter.unknown(`${state.name}(…)`, 'is computed outside of the graph');
  rememberShapes(layer, positional, call);
  return inScope(layer, state, call, () =>
    session.calling(layer, () => {
      const others = [...positional.slice(1), ...keywords.values()].filter((value) => symbolic(value));
      if (!state.built)
        buildLayer(
          layer,
          shapesOf(first, call),
          call,
          others.map((value) => shapesOf(value, call)),
        );
      const result = applyLayer(layer, state, call);
      if (!state.firstCall) {
        call.interpreter.journal.beforeChange(state);
        state.firstCall = { inputs: first, outputs: result };
      }
      return result;
    }),
  );
}

const takesNothing = (first: Value): boolean => first.type === 'none';

function applyLayer(layer: InstanceValue, state: LayerState, call: Call): Value {
  const own = findInClass(layer.cls, 'call');
  if (own?.type === 'function') return call.interpreter.call(own, { ...call, positional: [layer, ...call.positional] });
  if (state.lower) return state.lower({ layer, state, call });
  return new Recording(call, true).opaque(
    `\`${layer.cls.name}\` has no \`call\` that is understood.`,
    tensorsIn(call.positional),
    `those that \`${layer.cls.name}\` may have`,
  );
}

/** At the level of the module a call with an example tells the shape of the input. */
function rememberShapes(layer: InstanceValue, inputs: readonly Value[], call: Call): void {
  const session = kerasSession(call.interpreter);
  const shapes = inputs.map((input) => shapeOf(input));
  if (!session.owner && shapes.some((shape) => shape)) session.calls.set(layer, shapes);
}

const weightParameters = [
  'shape',
  'initializer',
  'dtype',
  'trainable',
  'autocast',
  'regularizer',
  'constraint',
  'aggregation',
  'overwrite_with_gradient',
  'name',
];

/** `self.add_weight(shape=…, initializer=…, name=…)`; Keras 2 takes the name first. */
function addWeight(call: Call): Value {
  const [layer, first] = call.positional;
  const { interpreter } = call;
  if (layer?.type !== 'instance') return none;
  const names = first?.type === 'str' ? ['name', ...weightParameters] : weightParameters;
  const args = new CallArguments(call, names, 1);
  const given = args.get('shape');
  const shape = given ? toKerasShape(interpreter, given, false) : [];
  const name = args.get('name');
  const trainable = args.get('trainable') ?? bool(true);
  const trained = interpreter.truth(trainable);
  const spelled =
    name?.type === 'str' ? name.value : kerasSession(interpreter).names.next('variable', interpreter.journal);
  const known: Shape = shape ?? [{ symbol: '?', reason: `the shape of \`${spelled}\` is not known` }];
  return (
    addVariable(
      layer,
      spelled,
      spelled,
      {
        shape: known,
        role: known.length < 2 ? 'scalar' : 'weight',
        axes: known.map(() => 'feature'),
        trained: trained === true,
        drawn: { ...drawOf(args.get('initializer'), 'glorot_uniform', call) },
      },
      call,
    ) ?? none
  );
}

/** The variables of a layer and of all below it, each once, in Keras' order. */
export function variablesOf(root: InstanceValue): readonly InstanceValue[] {
  return [...new Set(layersBelow(root).flatMap(ownVariables))];
}

/** Those that it made by `add_weight`, and those that it was given as attributes. */
function ownVariables(layer: InstanceValue): readonly InstanceValue[] {
  const given = [...layer.attributes.entries().values()].flatMap((value) =>
    value.type === 'instance' && variableState(value) ? [value] : [],
  );
  return [...(layerState(layer)?.variables.values() ?? []), ...given];
}

/** A layer and all below it, each once. */
export function layersBelow(root: InstanceValue): readonly InstanceValue[] {
  const found = new Set<InstanceValue>();
  const visit = (layer: InstanceValue): void => {
    if (found.has(layer)) return;
    found.add(layer);
    for (const child of sublayersOf(layer)) visit(child);
  };
  visit(root);
  return [...found];
}

/** The layers that a layer holds itself: of its graph, in its attributes, and in lists and dicts there. */
export function sublayersOf(layer: InstanceValue): readonly InstanceValue[] {
  const state = layerState(layer);
  const held: InstanceValue[] = [...(state?.layers ?? [])];
  let left = 2_000;
  const visit = (value: Value): void => {
    if (left-- < 0) return;
    if (isLayer(value)) held.push(value);
    else if (value.type === 'tuple' || value.type === 'list') value.items.forEach(visit);
    else if (value.type === 'dict') [...value.entries.values()].forEach(([, entry]) => visit(entry));
  };
  for (const value of layer.attributes.entries().values()) visit(value);
  return [...new Set(held)];
}

/** Weights from somewhere else: nothing is drawn any more as it was. */
export function loadWeights(call: Call): Value {
  const [layer] = call.positional;
  if (layer?.type !== 'instance') return none;
  for (const variable of variablesOf(layer)) {
    const state = variableState(variable);
    if (!state) continue;
    call.interpreter.journal.beforeChange(state);
    state.draw = notKnown('the weights are loaded from elsewhere');
  }
  return none;
}

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
