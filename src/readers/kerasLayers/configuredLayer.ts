import { applyActivation } from './activations';
import type { Shape } from '../../network';
import type { LayerDefinition, Using, Weight } from './define';
import type { Dialect } from './dialect';
import { Layer, type Surroundings } from './layer';
import type { Recording } from './recording';
import { Settings } from './settings';
import type { LayerTensor } from './tensor';
import type { Site } from '../text/source';

/** A layer that its class's name and its configuration say all of. */
export class ConfiguredLayer extends Layer {
  constructor(
    readonly definition: LayerDefinition,
    name: string,
    settings: Settings,
    site: Site,
  ) {
    super(definition.name, name, settings, site);
  }

  protected build([first]: readonly LayerTensor[], surroundings: Surroundings): void {
    this.buildAs(first?.shape, surroundings, '', (weight, prefix) =>
      this.addWeight(weight, this.settings, surroundings.dialect, prefix),
    );
  }

  /** Make its weights, or those of its cell, with a prefix before their names. */
  buildAs(
    shape: Shape | undefined,
    { dialect }: Surroundings,
    prefix: string,
    make: (weight: Weight, prefix: string) => void,
  ): void {
    const { settings, definition } = this;
    const { cell } = definition;
    const place = `${prefix}${cellPrefix(definition, dialect)}`;
    const weight = (one: Weight): void => make(one, place);
    if (cell) cell.definition.build?.({ settings, dialect, shape: withoutSteps(shape), weight });
    else definition.build?.({ settings, dialect, shape, weight });
  }

  protected call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[] {
    const place = cellPrefix(this.definition, surroundings.dialect);
    return this.applyAs(inputs, recording, surroundings, (name) => this.keyOf(`${place}${name}`));
  }

  /** Compute what it computes with weights that are found under other names. */
  applyAs(
    inputs: readonly LayerTensor[],
    recording: Recording,
    { dialect }: Surroundings,
    key: Using['key'],
  ): readonly LayerTensor[] {
    const { definition, settings } = this;
    const [x, ...others] = inputs;
    if (!x) return [recording.opaque(`\`${this.className}\` is applied to nothing.`, inputs)];
    const result = definition.call(usingOf({ definition, settings, inputs: [x, ...others], recording, dialect, key }));
    return 'step' in result ? [result] : result;
  }
}

/** What stands before the names of a layer's weights: those of a recurrent layer may be its cell's. */
export function cellPrefix({ cell }: LayerDefinition, { nests }: Dialect): string {
  return cell && nests ? `${cell.name}/` : '';
}

/** The shape at one step of batch × steps × features. */
export function withoutSteps(shape: Shape | undefined): Shape | undefined {
  return shape && [...shape.slice(0, 1), ...shape.slice(2)];
}

/** One use of a layer of a definition. */
export interface Use {
  readonly definition: LayerDefinition;
  readonly settings: Settings;
  readonly inputs: readonly [LayerTensor, ...LayerTensor[]];
  readonly recording: Recording;
  readonly dialect: Dialect;
  readonly key: Using['key'];
  readonly called?: Settings;
}

/** What a definition's `call` works with. */
export function usingOf(use: Use): Using {
  const { definition, settings, inputs, recording, dialect, key, called = new Settings('the call') } = use;
  const [x] = inputs;
  return {
    settings,
    dialect,
    recording,
    called,
    inputs,
    x,
    shape: x.shape,
    key,
    pointwise: (op) => recording.pointwise(op, x),
    spatial: (op) => recording.add(op, [recording.first(x)], true),
    natural: (op) => recording.add(op, [recording.natural(x)]),
    activated: (y) => applyActivation(settings.get('activation'), y, recording, dialect),
    opaque: (reason) => recording.opaque(reason, inputs, definition.unlisted),
  };
}
