import { ConfiguredLayer, usingOf } from './configuredLayer';
import { concatenated } from './layers/merging';
import { buildRecurrent, cellKindOf, runRecurrent } from './layers/recurrent';
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
    this.inner.apply(steps, this.site, surroundings);
    this.weights = renamed(this.inner, this.name);
    this.unlisted = this.inner.unlisted;
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[] {
    if (!timeless.has(this.inner.className) || !(this.inner instanceof ConfiguredLayer))
      return [recording.opaque(`\`${this.inner.className}\` at every step in time is not understood yet.`, inputs)];
    return this.inner.applyAs(inputs, recording, surroundings, (name) => this.weights.get(name)?.path);
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

  protected build([first]: readonly LayerTensor[], { dialect }: Surroundings): void {
    const cell = cellKindOf(this.inner.className);
    if (!cell) return;
    const { settings } = this.inner;
    for (const direction of ['forward', 'backward'])
      buildRecurrent(
        {
          settings,
          dialect,
          shape: first?.shape,
          weight: (weight) => this.addWeight(weight, settings, dialect, `${direction}_${this.inner.name}/`),
        },
        cell,
      );
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    { dialect }: Surroundings,
  ): readonly LayerTensor[] {
    const { settings } = this.inner;
    const cell = cellKindOf(this.inner.className);
    const using = usingOf(settings, inputs, recording, dialect, () => undefined);
    const doubtful = settings.flag('return_state', false) || settings.flag('go_backwards', false) || inputs.length > 1;
    if (!cell || !using || doubtful) return [recording.opaque('This `Bidirectional` is not understood yet.', inputs)];
    const sequences = settings.flag('return_sequences', false);
    const [forward, backward] = (['forward', 'backward'] as const).map((direction) =>
      runRecurrent({
        using,
        cell,
        sequences,
        reverse: direction === 'backward',
        key: (name) => this.keyOf(`${direction}_${this.inner.name}/${name}`),
      }),
    );
    if (!forward || !backward) return [];
    return this.#merged(forward, backward, recording);
  }

  #merged(forward: LayerTensor, backward: LayerTensor, recording: Recording): readonly LayerTensor[] {
    const given = this.settings.get('merge_mode');
    const sum = (): LayerTensor => recording.joined({ kind: 'add' }, [forward, backward]);
    switch (given ?? 'concat') {
      case 'concat':
        return [concatenated([forward, backward], -1, recording)];
      case 'sum':
        return [sum()];
      case 'ave':
        return [recording.pointwise({ kind: 'affine', factor: 0.5, offset: 0 }, sum())];
      case 'mul':
        return [recording.joined({ kind: 'multiply' }, [forward, backward])];
      default:
        return [recording.opaque('How the two directions are joined is not known.', [forward, backward])];
    }
  }
}
