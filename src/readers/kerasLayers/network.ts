import {
  NetworkBuilder,
  type LossUse,
  type ModelBuffer,
  type Network,
  type NodeId,
  type Note,
  type SourceSpan,
} from '../../network';
import { spanOf } from '../text/source';
import { ancestry, type Step } from './graph';
import { Layer, type LayerWeight, type Surroundings } from './layer';
import type { Model } from './model';
import { Recording } from './recording';

/** What is said of a model beside its graph. */
export interface ModelFields {
  readonly name: string;
  readonly framework: Network['framework'];
  readonly span: SourceSpan;
  readonly losses: readonly LossUse[];
}

/** The network of a model; undefined where it has no graph yet. */
export function networkOf(model: Model, fields: ModelFields, surroundings: Surroundings): Network | undefined {
  const graph = model.graph(surroundings);
  if (!graph) return undefined;
  const builder = new NetworkBuilder();
  const ids = new Map<Step, NodeId>();
  for (const input of graph.inputs) {
    const { op, shape, origin } = input.step;
    ids.set(input.step, builder.addInput(op.kind === 'input' ? op.name : 'input', shape, spanOf(origin.site)));
  }
  const given = new Set(ids.keys());
  const idOf = (step: Step): NodeId => ids.get(step) ?? 0;
  const outputSteps = graph.outputs.map((output) => new Recording(output.step.origin).natural(output));
  const steps = ancestry(outputSteps, given);
  for (const step of steps) if (!ids.has(step)) ids.set(step, addStep(builder, step, idOf));
  const outputs = [...new Set(outputSteps.map(idOf))];
  const layers = allLayers(model);
  const weights = layers.flatMap((layer) => [...layer.weights.values()].map((weight) => ({ layer, weight })));
  for (const { layer, weight } of weights) if (weight.trained) builder.setParameter(parameterOf(layer, weight));
  const network = builder.build({ ...fields, outputs, initializationSite: undefined });
  const unlisted = [...new Set([...layers, ...steps].flatMap((one) => one.unlisted ?? []))];
  const notes: readonly Note[] = [...network.notes, ...duplicates(layers)];
  return {
    ...network,
    notes,
    buffers: weights.flatMap(({ weight }): readonly ModelBuffer[] => (weight.trained ? [] : [weight])),
    ...(unlisted.length > 0 ? { unlistedParameters: unlisted } : {}),
  };
}

/** An input that the model does not name comes from outside of it. */
function addStep(builder: NetworkBuilder, { op, inputs, origin }: Step, idOf: (step: Step) => NodeId): NodeId {
  const { site } = origin;
  const owner = origin.owner?.layer instanceof Layer ? origin.owner.layer : undefined;
  const place = {
    inputs: inputs.map(idOf),
    path: owner?.path ?? '',
    span: spanOf(owner?.site ?? site),
    ...(owner && (owner.site.start !== site.start || owner.site.source !== site.source)
      ? { callSpan: spanOf(site) }
      : {}),
  };
  if (op.kind === 'input')
    return builder.addOpaque(`\`${op.name}\` is an input that is not among those of the model.`, place);
  return op.kind === 'opaque' ? builder.addOpaque(op.reason, place) : builder.add({ op, ...place });
}

/** The layers of a model and of the models in it, each once. */
export function allLayers(model: Layer): readonly Layer[] {
  const found = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    for (const inner of layer.layers) visit(inner);
  };
  visit(model);
  return [...found];
}

function parameterOf(layer: Layer, weight: LayerWeight): Network['parameters'][number] {
  const { path, role, shape, axes, distribution, origin, initializerPlace } = weight;
  return {
    path,
    role,
    shape,
    axes,
    initializer: { distribution, origin },
    ...(initializerPlace ? { initializerPlace } : {}),
    span: spanOf(layer.site),
  };
}

/** Layers that were given one name would share their weights' paths: the frameworks refuse that. */
function duplicates(layers: readonly Layer[]): readonly Note[] {
  const seen = new Set<string>();
  return layers.flatMap((layer): readonly Note[] => {
    if (layer.weights.size === 0) return [];
    if (!seen.has(layer.path)) {
      seen.add(layer.path);
      return [];
    }
    const message = `Two layers of this model are named \`${layer.name}\`: every name must be given once.`;
    return [{ kind: 'contradiction', message, span: spanOf(layer.site) }];
  });
}
