import type { Network, Note } from '../../network';
import { asLimit } from '../evaluation/limits';
import { Journal } from '../evaluation/journal';
import { keras, tfjs, type Dialect } from '../kerasLayers/dialect';
import { inputStep } from '../kerasLayers/graph';
import type { Layer, Surroundings } from '../kerasLayers/layer';
import { makeLayer } from '../kerasLayers/makeLayer';
import { FunctionalModel, Model, SequentialModel, toldShape } from '../kerasLayers/model';
import { networkOf } from '../kerasLayers/network';
import { Recording } from '../kerasLayers/recording';
import { LayerTensor } from '../kerasLayers/tensor';
import { spanOf, type Site, type SourceText } from '../text/source';
import { Json, keywordIn, operandsIn, referencesIn, type TensorReference } from './json';

/** What a configuration does not hold together. */
class Misconfigured extends Error {
  constructor(
    message: string,
    readonly site: Site,
  ) {
    super(message);
  }
}

/** Longer files are not read: a model's topology without its weights is not that long. */
const longestText = 8_000_000;

/** Whether a JSON text may be the configuration of a model. Cheap: it is asked of every such file. */
export function mentionsModel(text: string): boolean {
  return text.includes('"modelTopology"') || (text.includes('"class_name"') && text.includes('"config"'));
}

/** Read `model.json` of TensorFlow.js, or a configuration as `model.to_json()` of Keras gives it. It never throws for what the text holds. */
export function readModelJson(source: SourceText): { networks: readonly Network[]; notes: readonly Note[] } {
  if (!mentionsModel(source.text)) return { networks: [], notes: [] };
  const top = source.text.length > longestText ? undefined : Json.parse(source);
  const start = { source, start: 0, end: 0 };
  if (!top) return said('This file is not read: it is too long, or no JSON.', start);
  const topology = top.get('modelTopology');
  if (top.get('format')?.text === 'graph-model' || topology?.get('node'))
    return said('This is a graph model: its operations were fixed when it was converted, and it is not judged.', start);
  const config = topology?.get('model_config') ?? topology ?? top;
  const dialect = topology ? tfjs : keras;
  try {
    const network = networkIn(config, dialect);
    return { networks: network ? [network] : [], notes: [] };
  } catch (error) {
    if (error instanceof Misconfigured) return said(error.message, error.site);
    const limit = asLimit(error);
    if (!limit) throw error;
    return said(`This model is not read: ${limit.message}.`, start);
  }
}

function said(message: string, site: Site): { networks: readonly Network[]; notes: readonly Note[] } {
  return { networks: [], notes: [{ kind: 'notUnderstood', message, span: spanOf(site) }] };
}

function networkIn(config: Json, dialect: Dialect): Network | undefined {
  const surroundings: Surroundings = { dialect, journal: new Journal() };
  const model = modelOf(config, surroundings);
  if (!model) return undefined;
  const name = config.get('config')?.get('name') ?? config.get('class_name') ?? config;
  const fields = { name: model.name, framework: dialect.name, span: spanOf(name.site), losses: [] };
  return networkOf(model, fields, surroundings);
}

/** Undefined where the class is none of models. */
function modelOf(json: Json, surroundings: Surroundings): Model | undefined {
  const className = json.get('class_name')?.text;
  const config = json.get('config');
  if (className === 'Sequential' && config) return sequential(json, config, surroundings);
  if ((className === 'Functional' || className === 'Model') && config?.get('layers'))
    return functional(json, config, surroundings);
  return undefined;
}

function sequential(json: Json, config: Json, surroundings: Surroundings): Model {
  const model = new SequentialModel('Sequential', config.get('name')?.text ?? 'sequential', json.site);
  // Very old files hold the layers without a name around them.
  for (const item of (config.get('layers') ?? config).items) {
    const layer = layerOf(item, surroundings);
    model.stack.items = [...model.stack.items, { layer, site: layer.site }];
  }
  return model;
}

function layerOf(json: Json, surroundings: Surroundings): Layer {
  const model = modelOf(json, surroundings);
  if (model) return model;
  const className = json.get('class_name')?.text;
  const config = json.get('config');
  if (className === undefined || !config) throw new Misconfigured('Here stands no layer.', json.site);
  const name = json.get('name')?.text ?? config.get('name')?.text ?? className;
  const inner = config.get('layer');
  const settings = config.settings(className);
  return makeLayer(className, name, settings, json.site, inner && layerOf(inner, surroundings));
}

function functional(json: Json, config: Json, surroundings: Surroundings): Model {
  const made = new Graph(surroundings, config.get('layers')?.items ?? []);
  for (const side of ['input_layers', 'output_layers'] as const) made.countCalls(config.get(side));
  const ends = (side: 'input_layers' | 'output_layers'): readonly LayerTensor[] => {
    const given = config.get(side);
    return referencesIn(given?.setting).map((reference) => made.tensor(reference, (given ?? config).site));
  };
  const between = { inputs: ends('input_layers'), outputs: ends('output_layers') };
  return new FunctionalModel('Functional', config.get('name')?.text ?? 'model', json.site, between);
}

function constantOf(value: number, recording: Recording): LayerTensor {
  return recording.add({ kind: 'constant', shape: [], content: { kind: 'values', values: [value] } }, []);
}

/** The tensors of a functional configuration, each made when it is asked for: layers may stand in any order. */
class Graph {
  readonly #layers: ReadonlyMap<string, Json>;
  readonly #made = new Map<string, Layer>();
  readonly #calls = new Map<string, readonly LayerTensor[]>();
  readonly #open = new Set<string>();
  /** A model that is a layer of another counts its own making as its first call: by layer, the least call that is asked for. */
  readonly #firstCalls = new Map<string, number>();

  constructor(
    private readonly surroundings: Surroundings,
    layers: readonly Json[],
  ) {
    this.#layers = new Map(
      layers.map((layer): [string, Json] => [
        layer.get('name')?.text ?? layer.get('config')?.get('name')?.text ?? '',
        layer,
      ]),
    );
    for (const layer of layers) this.countCalls(layer.get('inbound_nodes'));
  }

  /** To be told all references before the first tensor is made. */
  countCalls(json: Json | undefined): void {
    for (const { layer, call } of referencesIn(json?.setting))
      this.#firstCalls.set(layer, Math.min(call, this.#firstCalls.get(layer) ?? call));
  }

  /** @throws Misconfigured where there is no such tensor */
  tensor({ layer, call, tensor }: TensorReference, from: Site): LayerTensor {
    const found = this.#call(layer, call, from)[tensor];
    if (!found) throw new Misconfigured(`\`${layer}\` has no output ${tensor}.`, from);
    return found;
  }

  #call(name: string, call: number, from: Site): readonly LayerTensor[] {
    const key = `${name} ${call}`;
    const known = this.#calls.get(key);
    if (known) return known;
    const json = this.#layers.get(name);
    if (!json) throw new Misconfigured(`There is no layer \`${name}\`.`, from);
    if (this.#open.has(key)) throw new Misconfigured(`\`${name}\` depends on itself.`, json.site);
    this.#open.add(key);
    const outputs = this.#apply(name, json, call);
    this.#open.delete(key);
    this.#calls.set(key, outputs);
    return outputs;
  }

  #apply(name: string, json: Json, call: number): readonly LayerTensor[] {
    const layer = this.#made.get(name) ?? layerOf(json, this.surroundings);
    this.#made.set(name, layer);
    if (layer.className === 'InputLayer') {
      return [
        new LayerTensor(
          inputStep(name, toldShape(layer.settings), { owner: undefined, isLayer: false, site: json.site }),
          false,
        ),
      ];
    }
    const node =
      json.get('inbound_nodes')?.items[call - (layer instanceof Model ? (this.#firstCalls.get(name) ?? 0) : 0)];
    const { site } = node ?? json;
    const recording = new Recording({ owner: { layer, outer: undefined }, isLayer: true, site: json.site });
    const inputs = operandsIn(node?.setting).map((operand) =>
      typeof operand === 'number' ? constantOf(operand, recording) : this.tensor(operand, site),
    );
    const outputs = layer.apply(inputs, json.site, this.surroundings);
    const beside = keywordIn(node?.setting);
    return beside === undefined
      ? outputs
      : [recording.opaque(`\`${name}\` is called with \`${beside}\`, which is not understood yet.`, outputs)];
  }
}
