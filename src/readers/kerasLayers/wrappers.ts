import { mergedBy } from './bothWays';
import { cellPrefix, ConfiguredLayer, usingOf } from './configuredLayer';
import { cellKindOf, runRecurrent } from './layers/recurrent';
import { overSteps } from './overSteps';
import { Layer, type Surroundings } from './layer';
import type { Recording } from './recording';
import type { Settings } from './settings';
import { LayerTensor } from './tensor';
import type { Site } from '../text/source';

/** Layers whose operations see the last axis or single elements alone: over time they do what they do without. */
const timeless = new Set([
  'Dense',
  'Activation',
  'Dropout',
  'LeakyReLU',
  'ELU',
  'ReLU',
  'LayerNormalization',
  'Softmax',
]);

/** The same layer for every step in time. */
export class TimeDistributedLayer extends Layer {
  constructor(
    name: string,
    settings: Settings,
    site: Site,
    readonly inner: Layer,
  ) {
    super('TimeDistributed', name, settings, site);
  }

  protected build(inputs: readonly LayerTensor[], surroundings: Surroundings): void {
    // The inner layer is built as it would be for one step.
    const steps = inputs.map((input) => oneStep(input));
    const { inner, path } = this;
    const { nests } = surroundings.dialect;
    inner.apply(steps, this.site, nests ? { ...surroundings, scope: path } : surroundings);
    this.weights = nests ? inner.weights : renamed(inner, path);
    this.unlisted = this.inner.unlisted;
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[] {
    const { inner } = this;
    const [x] = inputs;
    if (!x || !(inner instanceof ConfiguredLayer))
      return [recording.opaque(`\`${inner.className}\` at every step in time is not understood yet.`, inputs)];
    const place = cellPrefix(inner.definition, surroundings.dialect);
    const key = (name: string): string | undefined => this.keyOf(`${place}${name}`);
    if (timeless.has(inner.className)) return inner.applyAs(inputs, recording, surroundings, key);
    return [overSteps(x, recording, (rows) => inner.applyAs([rows], recording, surroundings, key)[0])];
  }
}

function oneStep(input: LayerTensor): LayerTensor {
  const shape = input.shape && [...input.shape.slice(0, 1), ...input.shape.slice(2)];
  return new LayerTensor({ ...input.step, shape }, false);
}

/** The weights are made in the wrapper's name. */
function renamed(inner: Layer, owner: string): Layer['weights'] {
  return new Map([...inner.weights].map(([name, weight]) => [name, { ...weight, path: `${owner}/${name}` }]));
}

/** A recurrent layer, and another one that runs backwards. */
export class BidirectionalLayer extends Layer {
  constructor(
    name: string,
    settings: Settings,
    site: Site,
    private readonly inner: Layer,
  ) {
    super('Bidirectional', name, settings, site);
    if (!cellKindOf(inner.className)) this.unlisted = `\`Bidirectional\` of \`${inner.className}\` is not understood.`;
  }

  protected build([first]: readonly LayerTensor[], surroundings: Surroundings): void {
    const { inner } = this;
    if (!cellKindOf(inner.className) || !(inner instanceof ConfiguredLayer)) return;
    for (const direction of ['forward', 'backward'] as const)
      inner.buildAs(
        first?.shape,
        surroundings,
        `${surroundings.dialect.directed(direction, inner.name)}/`,
        (weight, prefix) => this.addWeight(weight, inner.settings, surroundings.dialect, prefix),
      );
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    { dialect }: Surroundings,
  ): readonly LayerTensor[] {
    const { inner } = this;
    const { settings } = inner;
    const cell = cellKindOf(inner.className);
    const doubtful = settings.flag('return_state', false) || settings.flag('go_backwards', false) || inputs.length > 1;
    const [x] = inputs;
    if (!x || !cell || !(inner instanceof ConfiguredLayer) || doubtful)
      return [recording.opaque('This `Bidirectional` is not understood yet.', inputs)];
    const { definition } = inner;
    const using = usingOf({ definition, settings, inputs: [x], recording, dialect, key: () => undefined });
    const sequences = settings.flag('return_sequences', false);
    const [forward, backward] = (['forward', 'backward'] as const).map((direction) => {
      const place = `${dialect.directed(direction, inner.name)}/${cellPrefix(definition, dialect)}`;
      const key = (name: string): string | undefined => this.keyOf(`${place}${name}`);
      return runRecurrent({ using, cell, sequences, reverse: direction === 'backward', key });
    });
    if (!forward || !backward) return [];
    return [mergedBy(this.settings.text('merge_mode', 'concat'), [forward, backward], recording)];
  }
}
