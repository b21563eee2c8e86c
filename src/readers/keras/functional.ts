import { isElements } from '../python/operators';
import { DictValue, ListValue, tuple, type Call, type InstanceValue, type Value } from '../python/values';
import { layersInOrder } from './callOrder';
import { ancestry, replay, type Step } from '../kerasLayers/graph';
import type { FunctionalGraph } from './layerState';
import { Recording } from './recording';
import { kerasSession } from './session';
import { makeTensor, symbolic, tensorsIn } from './tensor';

/** The graph between tensors that are named as inputs and as outputs. */
export function graphBetween(inputs: Value, outputs: Value): FunctionalGraph {
  return { inputs, outputs, inputSteps: stepsOf(inputs) };
}

function stepsOf(value: Value): readonly Step[] {
  return tensorsIn([value]).flatMap((tensor) => symbolic(tensor)?.step ?? []);
}

/** All values between the inputs and the outputs, in topological order. */
export function stepsBetween({ inputSteps, outputs }: FunctionalGraph): readonly Step[] {
  return ancestry(stepsOf(outputs), new Set(inputSteps));
}

/** The layers that are called in a graph, each once, in Keras' order. */
export function layersIn(graph: FunctionalGraph): readonly InstanceValue[] {
  return layersInOrder(stepsBetween(graph), new Set(graph.inputSteps), stepsOf(graph.outputs));
}

/** Call a functional model on other tensors: its operations once more. */
export function callFunctional(model: InstanceValue, graph: FunctionalGraph, call: Call): Value {
  const recording = new Recording(call, true);
  const given = argumentsOf(graph, call);
  if (!given)
    return recording.opaque(
      'The inputs of this model do not fit those that it was made for.',
      tensorsIn(call.positional),
    );
  const made = new Map(
    graph.inputSteps.map((input, at) => [input, recording.natural(given[at] ?? { type: 'none' })] as const),
  );
  const within = kerasSession(call.interpreter).owner ?? { layer: model, outer: undefined };
  const outputs = stepsOf(graph.outputs);
  const again = new Map(replay(outputs, made, within).map((step, at) => [outputs[at], step] as const));
  return mapTensors(graph.outputs, (tensor) => {
    const old = symbolic(tensor);
    const step = old && again.get(old.step);
    return step ? makeTensor(step, old.channelsFirst, call.site) : tensor;
  });
}

/** The given tensors in the order of the model's inputs; undefined where their number does not fit. */
function argumentsOf(graph: FunctionalGraph, call: Call): readonly Value[] | undefined {
  const [first] = call.positional.length > 0 ? call.positional : [...call.keywords.values()];
  if (!first) return undefined;
  if (first.type === 'dict' && graph.inputs.type === 'dict') {
    const values = [...graph.inputs.entries.keys()].map((key) => first.entries.get(key)?.[1]);
    const known = values.filter((value) => value !== undefined);
    return known.length === graph.inputSteps.length ? known : undefined;
  }
  const elements = first.type === 'tuple' || first.type === 'list' ? call.interpreter.iterate(first) : [first];
  return isElements(elements) && elements.length === graph.inputSteps.length ? elements : undefined;
}

/** The same structure with other tensors. */
export function mapTensors(value: Value, change: (tensor: InstanceValue) => Value): Value {
  switch (value.type) {
    case 'tuple':
      return tuple(value.items.map((item) => mapTensors(item, change)));
    case 'list':
      return new ListValue(value.items.map((item) => mapTensors(item, change)));
    case 'dict':
      return new DictValue(
        new Map([...value.entries].map(([hash, [key, entry]]) => [hash, [key, mapTensors(entry, change)] as const])),
      );
    case 'instance':
      return symbolic(value) ? change(value) : value;
    default:
      return value;
  }
}
