import type { AxisRole, Dim, Op, ParameterRole, Shape } from '../../network';
import type { Dialect } from './dialect';
import type { Draw } from './initializers';
import type { Recording } from './recording';
import type { Settings } from './settings';
import type { LayerTensor } from './tensor';

/** A weight that a layer makes. */
export interface Weight {
  /** Within the layer: `kernel`. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: ParameterRole;
  readonly axes: readonly AxisRole[];
  /** The setting that says what it is drawn by, and what it is drawn by where that is not given. */
  readonly initializer: string | undefined;
  readonly fallback: string;
  /** What becomes of the draw, where that is not all. */
  readonly adjust?: (draw: Draw) => Draw;
  /** False for what is saved but not trained. */
  readonly trained?: false;
}

/** What the building of a layer works with. */
export interface Building {
  readonly settings: Settings;
  readonly dialect: Dialect;
  /** Of its only or first input, in the framework's order; undefined where it is not known. */
  readonly shape: Shape | undefined;
  readonly weight: (weight: Weight) => void;
}

/** One use of a layer. */
export interface Using {
  readonly settings: Settings;
  readonly dialect: Dialect;
  readonly recording: Recording;
  /** What it is called with, beside tensors. */
  readonly called: Settings;
  /** All that it is applied to, the first one, and its shape. */
  readonly inputs: readonly LayerTensor[];
  readonly x: LayerTensor;
  readonly shape: Shape | undefined;
  /** What the operations call a weight of the layer; undefined where it has none of that name. */
  readonly key: (name: string) => string | undefined;
  /** One input, stored as it is, to one output. */
  readonly pointwise: (op: Op) => LayerTensor;
  /** One input with channels first. */
  readonly spatial: (op: Op) => LayerTensor;
  /** One input in the framework's order. */
  readonly natural: (op: Op) => LayerTensor;
  /** What the setting `activation` makes of it. */
  readonly activated: (x: LayerTensor) => LayerTensor;
  readonly opaque: (reason: string) => LayerTensor;
}

export interface LayerDefinition {
  /** As a configuration names the class. */
  readonly name: string;
  /** The parameters of Keras' constructor, in order: Python gives them by place as well. */
  readonly parameters: readonly string[];
  /** What its call takes beside its input: tensors, in order. */
  readonly operands?: readonly string[];
  /** The layer of one step, which has its weights; and what Keras calls it. */
  readonly cell?: { readonly definition: LayerDefinition; readonly name: string };
  /** Why it may have weights that are not listed. */
  readonly unlisted?: string;
  readonly build?: (building: Building) => void;
  readonly call: (using: Using) => LayerTensor | readonly LayerTensor[];
}

/** The channels of pictures: the last axis. */
export function lastSize(shape: Shape | undefined, settings: Settings): Dim {
  return shape?.at(-1) ?? settings.input;
}

/** The size that a setting would tell. */
export const notGiven = (name: string): Dim => ({ symbol: name, reason: `\`${name}\` is not given` });

/** `data_format='channels_first'`: the framework's order is that of the network. */
export function channelsFirstGiven(settings: Settings): boolean {
  return settings.text('data_format', 'channelsLast').replaceAll('_', '').toLowerCase() === 'channelsfirst';
}

/** Apply an operation over pictures in the order of the layer's `data_format`. */
export function overSpace(using: Using, op: Op): LayerTensor {
  return channelsFirstGiven(using.settings) ? using.natural(op) : using.spatial(op);
}

/** A field that is there only where its value is. */
export function optional<K extends string>(name: K, value: string | undefined): Readonly<Partial<Record<K, string>>> {
  return Object.fromEntries(value === undefined ? [] : [[name, value]]) as Readonly<Partial<Record<K, string>>>;
}

/** The settings of a kernel and its bias, as most layers take them last. */
export const affineParameters = ['use_bias', 'kernel_initializer', 'bias_initializer'];

/** The bias of a layer that has one unless `use_bias` says otherwise. */
export function biasWeight({ settings, weight }: Building, size: Dim): void {
  if (settings.flag('use_bias', true))
    weight({
      name: 'bias',
      shape: [size],
      role: 'bias',
      axes: ['out'],
      initializer: 'bias_initializer',
      fallback: 'zeros',
    });
}
