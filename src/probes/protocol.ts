import { ProgressType, RequestType } from 'vscode-jsonrpc';
import type { Network, NodeId } from '../network';
import type { ProbeFailure } from './failure';

/** Messages between the extension host (or the command line) and the probe child, and the results. Plain data and typed arrays only. */

export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

/** The backend that the child took: the best that loaded. */
export interface Backend {
  readonly name: BackendName;
  readonly precision: 'float32';
  readonly threads: number;
  readonly version: string;
  /** Better ones that did not load, and why. */
  readonly refused: readonly { readonly name: BackendName; readonly reason: string }[];
}

/**
 * Draw the network's initialisers with `seed`, or take the given values (row-major, in the framework's layout) by path: all
 * parameters that are used, and what there is of buffers.
 */
export type WeightSource =
  { readonly kind: 'initial'; readonly seed: number } | { readonly kind: 'values'; readonly values: FloatArrays };

/** By path; row-major, in the framework's layout. */
export type FloatArrays = Readonly<Record<string, Float32Array>>;

/**
 * The network's inputs. `shape` is that of a sample of the first, without the batch axis and fully known; `others` are the
 * further inputs in their order, whose shapes follow from the network where they are left out. Drawn inputs are standard
 * normal; those that the network looks things up by are whole numbers, uniform over what there is to look up, and masks mask
 * nothing.
 */
export type InputSource =
  | {
      readonly kind: 'gaussian';
      readonly seed: number;
      readonly batch: number;
      readonly shape: readonly number[];
      readonly others?: readonly (readonly number[])[];
    }
  | ({ readonly kind: 'values'; readonly batch: number; readonly others?: readonly Samples[] } & Samples);

/** Samples one behind the other; `shape` is that of one. */
export interface Samples {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Row-major. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** `training`: batch norms take the statistics of the batch; `inference`: those that the weights hold. Dropout is off in both. */
export type Mode = 'training' | 'inference';

/** The network's outputs on given inputs: see `forward` in the child. */
export interface ForwardRequest {
  readonly network: Network;
  /** All parameters that the outputs need, and buffers. */
  readonly weights: FloatArrays;
  /** One an input of the network, the batch axis included. */
  readonly inputs: readonly FloatTensor[];
  readonly mode: Mode;
}

/**
 * The scalar whose gradient is taken: the mean over the batch (over all elements for the squared error). Targets are drawn with `seed` (classes uniformly, values from
 * N(0, 1)) unless given (`labels`: class indices; `values`: row-major, the output's shape).
 */
export type LossChoice =
  | { readonly kind: 'crossEntropy'; readonly seed: number; readonly labels?: Int32Array }
  | { readonly kind: 'meanSquaredError'; readonly seed: number; readonly values?: Float32Array };

export type ProbeKind = 'gradientNorms' | 'jacobianSpectrum';

export interface ProbeRequest {
  readonly probe: ProbeKind;
  readonly network: Network;
  readonly weights: WeightSource;
  readonly input: InputSource;
  readonly loss: LossChoice;
}

export interface ProbeProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
}

interface MeasurementBase {
  readonly network: string;
  readonly backend: Backend;
  readonly weightSeed: number | undefined;
  readonly inputSeed: number | undefined;
  readonly seconds: number;
  /** What the reader of the numbers must know (train-mode batch norm, a layer left out and why, values below the resolution). */
  readonly notes: readonly string[];
}

/** The loss gradient by activation and by parameter. Norms are Euclidean over the whole tensor, the batch included. */
export interface GradientNorms extends MeasurementBase {
  readonly kind: 'gradientNorms';
  readonly loss: number;
  readonly lossKind: LossChoice['kind'];
  readonly activations: readonly {
    readonly node: NodeId;
    readonly path: string;
    /** ‖∂L/∂x‖ at the node's output x. */
    readonly gradientNorm: number;
    /** E[x²] a unit, over the batch. */
    readonly secondMoment: number;
  }[];
  readonly parameters: readonly {
    readonly path: string;
    readonly gradientNorm: number;
    readonly weightNorm: number;
  }[];
}

/**
 * Singular values in descending order. Each carries an absolute error of less than `resolution`: those below it are not
 * told from zero. Empty where the Jacobian is too large, which `notes` says.
 */
export interface Spectrum {
  readonly singularValues: Float64Array;
  readonly resolution: number;
}

/** Singular values of Jacobians at one sample of the input (the first of the batch). */
export interface JacobianSpectrum extends MeasurementBase {
  readonly kind: 'jacobianSpectrum';
  /** ∂ output / ∂ input. */
  readonly inputOutput: Spectrum;
  /** ∂ z_l / ∂ z_{l−1}: from each weight layer's output to that of the weight layer before it on the path. */
  readonly layers: readonly {
    readonly from: NodeId;
    readonly to: NodeId;
    readonly path: string;
    readonly spectrum: Spectrum;
  }[];
}

export type Measurement = GradientNorms | JacobianSpectrum;

export const backendRequest = new RequestType<Record<string, never>, Backend, ProbeFailure>('gradlens/backend');
export const probeRequest = new RequestType<ProbeRequest & { readonly token: number }, Measurement, ProbeFailure>(
  'gradlens/probe',
);
/** Answers one tensor an output of the network. */
export const forwardRequest = new RequestType<ForwardRequest, readonly FloatTensor[], ProbeFailure>('gradlens/forward');
/** Sent with the request's `token`. */
export const probeProgress = new ProgressType<ProbeProgress>();
