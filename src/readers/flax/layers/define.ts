import type { AxisRole, Dim, Op, ParameterRole, Shape } from '../../../network';
import type { Settings } from '../../frameworks/sizes';
import type { VariableState } from '../../keras/variable';
import type { Draw } from '../../kerasLayers/initializers';
import type { CallArguments } from '../../python/arguments';
import type { Call, InstanceValue, Value } from '../../python/values';
import type { ArrayRecording } from '../array';

/** A variable that a layer makes. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly role: ParameterRole;
  readonly axes: readonly AxisRole[];
  /** The setting that says what it is drawn by, and what it is drawn by where that is not given. */
  readonly initializer: string | undefined;
  readonly fallback: Draw;
  /** Of what is not trained: where Flax keeps it. */
  readonly collection?: 'batch_stats';
}

/** A layer and its settings, by their names in Flax. */
export interface Made {
  readonly layer: InstanceValue;
  readonly args: CallArguments;
  readonly settings: Settings;
}

/** What the making of a layer's weights works with. */
export interface Making extends Made {
  /** Features that go in: the last axis of the input, or what nnx is told. */
  readonly into: Dim;
  /** Features that come out. */
  readonly out: Dim;
  readonly weight: (weight: Weight) => void;
}

/** One use of a layer. */
export interface Using extends Made {
  /** The call in the source that uses it; its arguments without the layer. */
  readonly use: Call;
  readonly recording: ArrayRecording;
  readonly x: Value;
  readonly shape: Shape | undefined;
  readonly into: Dim;
  readonly out: Dim;
  /** A weight of the layer; undefined where it has none of that name. */
  readonly variable: (name: string) => VariableState | undefined;
  /** What the operations call it. */
  readonly key: (name: string) => string | undefined;
  /** One input, stored as it is. */
  readonly pointwise: (op: Op) => Value;
  /** One input with its channels as axis 1. */
  readonly spatial: (op: Op) => Value;
  /** One input with its axes as Flax has them. */
  readonly natural: (op: Op) => Value;
  readonly opaque: (reason: string) => Value;
}

/** A layer that `flax.linen` and `flax.nnx` have both. */
export interface LayerDefinition {
  /** The fields of the class in linen, in order. */
  readonly linen?: { readonly name: string; readonly fields: readonly string[] };
  /** The parameters of the constructor in nnx, in order, and which of them are the sizes of the last axis. */
  readonly nnx?: {
    readonly name: string;
    readonly parameters: readonly string[];
    readonly into?: string;
    readonly out?: string;
  };
  readonly weights?: (making: Making) => void;
  readonly call: (using: Using) => Value;
  /** Methods besides the call. */
  readonly methods?: Readonly<Record<string, (using: Using) => Value>>;
}

/** Settings of types and of devices, which nothing here depends on. */
export const types = ['dtype', 'param_dtype', 'precision'];

/** `{ [field]: key }` where there is such a weight. */
export function optional<K extends string>(field: K, key: string | undefined): Partial<Record<K, string>> {
  return key === undefined ? {} : ({ [field]: key } as Record<K, string>);
}

export const unknownSize = (what: string): Dim => ({ symbol: '?', reason: `${what} is not known` });
