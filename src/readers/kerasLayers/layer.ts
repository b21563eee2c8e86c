import type { Distribution, InitializerOrigin, Parameter } from '../../network';
import type { Journal, Journaled } from '../evaluation/journal';
import { spanOf, type Site } from '../text/source';
import type { Weight } from './define';
import type { Dialect } from './dialect';
import { drawnAs } from './drawn';
import { Recording } from './recording';
import type { Settings } from './settings';
import type { LayerTensor } from './tensor';

/** What layers are applied in. */
export interface Surroundings {
  readonly dialect: Dialect;
  readonly journal: Journal;
  /** The path of the model whose layers are being built, where layers are named after it. */
  readonly scope?: string;
}

/** A weight of a layer that has been built. */
export interface LayerWeight extends Omit<Weight, 'initializer' | 'fallback' | 'adjust' | 'trained'> {
  readonly path: string;
  readonly trained: boolean;
  readonly distribution: Distribution;
  readonly origin: InitializerOrigin;
  readonly initializerPlace?: Parameter['initializerPlace'];
}

interface BuiltState {
  readonly built: boolean;
  readonly weights: ReadonlyMap<string, LayerWeight>;
}

/** A layer as a framework in the manner of Keras makes it: first it is configured, and its weights are made when it is first applied. */
export abstract class Layer implements Journaled<BuiltState> {
  built = false;
  /** Its name, behind that of the model in which it was built. */
  path: string;
  /** By their names within the layer. */
  weights: ReadonlyMap<string, LayerWeight> = new Map();
  /** Why there may be weights that are not listed, for people. */
  unlisted: string | undefined;

  constructor(
    readonly className: string,
    readonly name: string,
    readonly settings: Settings,
    /** The call that made it. */
    readonly site: Site,
  ) {
    this.path = name;
    settings.input = { symbol: `inputs of ${name}`, reason: 'the shape of the input is not known' };
  }

  /** Of a model: the layers in it. */
  get layers(): readonly Layer[] {
    return [];
  }

  /** Apply it to tensors; on the first time its weights are made. */
  apply(inputs: readonly LayerTensor[], site: Site, surroundings: Surroundings): readonly LayerTensor[] {
    if (!this.built) {
      surroundings.journal.beforeChange(this);
      this.built = true;
      if (surroundings.scope !== undefined) this.path = `${surroundings.scope}/${this.name}`;
      this.build(inputs, surroundings);
    }
    const recording = new Recording({ owner: { layer: this, outer: undefined }, isLayer: true, site });
    const outputs = this.call(inputs, recording, surroundings);
    const { doubt } = this.settings;
    return doubt === undefined ? outputs : [recording.opaque(doubt, inputs)];
  }

  capture(): BuiltState {
    return { built: this.built, weights: this.weights };
  }

  restore({ built, weights }: BuiltState): void {
    this.built = built;
    this.weights = weights;
  }

  /** One of two branches has built it: what it holds is what either has made. */
  join(a: BuiltState, b: BuiltState): void {
    this.restore(a.built ? a : b);
  }

  protected abstract build(inputs: readonly LayerTensor[], surroundings: Surroundings): void;

  protected abstract call(
    inputs: readonly LayerTensor[],
    recording: Recording,
    surroundings: Surroundings,
  ): readonly LayerTensor[];

  /** Make a weight, under the layer's name and a prefix within it. */
  protected addWeight(weight: Weight, settings: Settings, dialect: Dialect, prefix = ''): void {
    const { name, shape, axes, role, initializer, trained = true } = weight;
    const { draw, origin } = drawnAs(weight, settings, dialect);
    const open = initializer !== undefined && !settings.has(initializer);
    const key = `${prefix}${name}`;
    const made: LayerWeight = {
      name: key,
      path: `${this.path}/${key}`,
      shape,
      role,
      axes,
      trained,
      distribution: draw(shape, axes),
      origin,
      ...(open && settings.place
        ? {
            initializerPlace: {
              at: spanOf(settings.place.site),
              lead: `${settings.place.lead}${camelCase(initializer)}: `,
            },
          }
        : {}),
    };
    this.weights = new Map([...this.weights, [key, made]]);
  }

  /** What operations call a weight. */
  protected keyOf(name: string): string | undefined {
    return this.weights.get(name)?.path;
  }
}

/** Places to say more are known in JavaScript alone, which spells its settings so. */
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
