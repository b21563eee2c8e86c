import { BATCH, type Shape } from '../../network';
import type { UnknownValue } from '../evaluation/unknown';
import { reasonOf } from '../evaluation/unknown';
import type { Journaled } from '../evaluation/journal';
import type { Site } from '../text/source';
import { ancestry, inputStep, replay, type Step } from './graph';
import { Layer, type Surroundings } from './layer';
import type { Recording } from './recording';
import { Settings } from './settings';
import { openSize } from './sizes';
import { LayerTensor } from './tensor';

/** What lies between some tensors and others. */
export interface ModelGraph {
  readonly inputs: readonly LayerTensor[];
  readonly outputs: readonly LayerTensor[];
}

/** A model is a layer as well: applied to other tensors, it computes the same once more. */
export abstract class Model extends Layer {
  /** Whether it has been applied as a part of another model. */
  applied = false;

  constructor(className: string, name: string, site: Site) {
    super(className, name, new Settings(name, {}), site);
  }

  /** Undefined where it cannot be told yet. */
  abstract graph(surroundings: Surroundings): ModelGraph | undefined;

  protected build(): void {
    // Its layers have weights, it has none.
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[] {
    this.applied = true;
    const graph = this.graph(surroundings);
    if (graph?.inputs.length !== inputs.length)
      return [recording.opaque(`The inputs of \`${this.name}\` do not fit those that it was made for.`, inputs)];
    const given = new Map<Step, Step>();
    for (const [at, input] of graph.inputs.entries()) {
      const other = inputs[at];
      if (other) given.set(input.step, recording.natural(other));
    }
    const again = replay(
      graph.outputs.map((output) => output.step),
      given,
    );
    return graph.outputs.map((output, at) => new LayerTensor(again[at] ?? output.step, output.channelsFirst));
  }
}

/** The layers between inputs and outputs, each once, in the order in which they were applied. */
export function layersBetween({ inputs, outputs }: ModelGraph): readonly Layer[] {
  const steps = ancestry(
    outputs.map((output) => output.step),
    new Set(inputs.map((input) => input.step)),
  );
  return [...new Set(steps.flatMap(({ origin: { owner } }) => (owner?.layer instanceof Layer ? [owner.layer] : [])))];
}

/** A model of given tensors. */
export class FunctionalModel extends Model {
  constructor(
    className: string,
    name: string,
    site: Site,
    private readonly between: ModelGraph,
  ) {
    super(className, name, site);
  }

  override get layers(): readonly Layer[] {
    return layersBetween(this.between);
  }

  graph(): ModelGraph {
    return this.between;
  }
}

/** A layer and where it was put in its place. */
export interface Placed {
  readonly layer: Layer;
  readonly site: Site;
}

/** Layers one after the other. What it holds may change until the end, so that its graph is made only when it is asked for. */
export class SequentialModel extends Model {
  readonly stack = new Stack();

  override get layers(): readonly Layer[] {
    return this.stack.items.map(({ layer }) => layer);
  }

  graph(surroundings: Surroundings): ModelGraph | undefined {
    const [first] = this.stack.items;
    if (!first) return undefined;
    const step = inputStep(`${first.layer.name}_input`, sampleShape(first.layer, surroundings), {
      owner: undefined,
      isLayer: false,
      site: first.layer.site,
    });
    const input = new LayerTensor(step, false);
    let outputs: readonly LayerTensor[] = [input];
    const within = surroundings.dialect.nests ? { ...surroundings, scope: this.path } : surroundings;
    for (const { layer, site } of this.stack.items) outputs = layer.apply(outputs, site, within);
    return { inputs: [input], outputs };
  }
}

/** The layers of a sequential model. */
class Stack implements Journaled<readonly Placed[]> {
  items: readonly Placed[] = [];

  capture(): readonly Placed[] {
    return this.items;
  }

  restore(items: readonly Placed[]): void {
    this.items = items;
  }

  /** What only one of two branches has put there is not known to be there. */
  join(a: readonly Placed[], b: readonly Placed[], doubt: UnknownValue): void {
    const same = a.findIndex((placed, at) => placed !== b[at]);
    if (same < 0 && a.length === b.length) this.items = a;
    else {
      const kept = a.slice(0, same < 0 ? a.length : same);
      const site = doubt.site ?? a[kept.length]?.site ?? b[kept.length]?.site;
      const reason = `Which layers stand here ${doubt.cause.startsWith('depends') ? doubt.cause : `is not known: ${reasonOf(doubt)}`}.`;
      this.items = site ? [...kept, { layer: new UnknownLayer(reason, site), site }] : kept;
    }
  }
}

/** Something that stands in the place of a layer and is not understood. */
export class UnknownLayer extends Layer {
  constructor(
    private readonly reason: string,
    site: Site,
    name = 'unknown',
  ) {
    super('Unknown', name, new Settings(name, {}), site);
    this.unlisted = reason;
  }

  protected build(): void {
    // What weights it has is not known.
  }

  protected call(inputs: readonly LayerTensor[], recording: Recording): readonly LayerTensor[] {
    return [recording.opaque(this.reason, inputs)];
  }
}

/** The shape of an input as a layer's settings tell it: `input_shape`, `batch_input_shape`, `batch_shape`, `input_dim`; undefined where they do not. */
export function toldShape(settings: Settings): Shape | undefined {
  for (const name of ['batch_input_shape', 'batch_shape']) {
    const whole = settings.sizes(name, (axis, rank) => openSize(axis - 1, rank - 1));
    if (whole) return [BATCH, ...whole.slice(1)];
  }
  const sample = settings.sizes('input_shape', openSize);
  if (sample) return [BATCH, ...sample];
  return settings.has('input_dim') ? [BATCH, settings.dim('input_dim')] : undefined;
}

function sampleShape(layer: Layer, surroundings: Surroundings): Shape | undefined {
  if (layer instanceof Model) return layer.graph(surroundings)?.inputs[0]?.shape;
  // What an embedding calls `input_dim` is its vocabulary.
  if (layer.className !== 'Embedding') return toldShape(layer.settings);
  const told = layer.settings.has('input_shape') || layer.settings.has('batch_input_shape');
  if (told) return toldShape(layer.settings);
  const length = layer.settings.get('input_length');
  return [BATCH, length === undefined ? openSize(0, 2) : layer.settings.dim('input_length')];
}
