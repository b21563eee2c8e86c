import { applyActivation } from './activations';
import type { LayerDefinition, Using } from './define';
import { Layer, type Surroundings } from './layer';
import type { Recording } from './recording';
import type { Settings } from './settings';
import type { LayerTensor } from './tensor';
import type { Site } from '../text/source';

/** A layer that its class's name and its configuration say all of. */
export class ConfiguredLayer extends Layer {
  constructor(
    private readonly definition: LayerDefinition,
    name: string,
    settings: Settings,
    site: Site,
  ) {
    super(definition.name, name, settings, site);
  }

  protected build([first]: readonly LayerTensor[], { dialect }: Surroundings): void {
    this.definition.build?.({
      settings: this.settings,
      dialect,
      shape: first?.shape,
      weight: (weight) => this.addWeight(weight, this.settings, dialect),
    });
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[] {
    return this.applyAs(inputs, recording, surroundings, (name) => this.keyOf(name));
  }

  /** Compute what it computes with weights that are found under other names. */
  applyAs(
    inputs: readonly LayerTensor[],
    recording: Recording,
    { dialect }: Surroundings,
    key: Using['key'],
  ): readonly LayerTensor[] {
    const using = usingOf(this.settings, inputs, recording, dialect, key);
    if (!using) return [recording.opaque(`\`${this.className}\` is applied to nothing.`, inputs)];
    const result = this.definition.call(using);
    return 'step' in result ? [result] : result;
  }
}

/** What a definition's `call` works with; undefined without any input. */
export function usingOf(
  settings: Settings,
  inputs: readonly LayerTensor[],
  recording: Recording,
  dialect: Using['dialect'],
  key: Using['key'],
): Using | undefined {
  const [x] = inputs;
  if (!x) return undefined;
  return {
    settings,
    dialect,
    recording,
    inputs,
    x,
    shape: x.shape,
    key,
    pointwise: (op) => recording.pointwise(op, x),
    spatial: (op) => recording.add(op, [recording.first(x)], true),
    natural: (op) => recording.add(op, [recording.natural(x)]),
    activated: (y) => applyActivation(settings.get('activation'), y, recording, dialect),
    opaque: (reason) => recording.opaque(reason, inputs),
  };
}
