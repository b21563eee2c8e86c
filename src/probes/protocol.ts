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

/** Draw the network's initialisers with `seed`, or take the given values (row-major, in the framework's layout) by parameter path. */
export type WeightSource =
  | { readonly kind: 'initial'; readonly seed: number }
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, Float32Array>> };

/** Shapes are without the batch axis and fully known. */
export type InputSource =
  | { readonly kind: 'gaussian'; readonly seed: number; readonly batch: number; readonly shape: readonly number[] }
  | { readonly kind: 'values'; readonly batch: number; readonly shape: readonly number[]; readonly data: Float32Array };

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
/** Sent with the request's `token`. */
export const probeProgress = new ProgressType<ProbeProgress>();
