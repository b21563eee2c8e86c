import type { PlainNumber } from './number';

/** What the page and its host say to each other, and the data the page shows. Plain JSON both ways. */

/** Everything the page shows of one model. */
export interface PanelSnapshot {
  readonly model: string;
  /** The file's name, for people. */
  readonly file: string;
  readonly framework: string;
  /** `30 weight layers · 1,973,790 parameters` */
  readonly summary: string;
  readonly verdict: Verdict;
  readonly depth: DepthFigures | undefined;
  /** Every operation of the network but its inputs, in topological order. */
  readonly layers: readonly LayerRow[];
  readonly findings: readonly FindingRow[];
  /** What the reader of the source did not understand or had to assume. */
  readonly notes: readonly { readonly message: string; readonly line: number }[];
  /** Where the predicted gradient norms are made to agree: with the measured norm of the last weight layer, else 1 there. */
  readonly gradientAnchor: 'measured' | 'relative';
  readonly gradients: GradientFigures | undefined;
  readonly spectrum: SpectrumFigures | undefined;
  readonly citations: readonly string[];
}

export interface Verdict {
  readonly level: 'good' | 'warning' | 'error' | 'unknown';
  readonly text: string;
}

/** The gradient norm's way from the last weight layer to the first. */
export interface DepthFigures {
  readonly steps: number;
  readonly predictedGain: PlainNumber;
  /** Set where a range is honest and a number is not. */
  readonly predictedGainRange?: readonly [PlainNumber, PlainNumber];
  readonly predictedGainPerLayer: PlainNumber;
  /** ξ, in layers. */
  readonly depthScale: PlainNumber;
  /** Absent until the gradient norms are measured. */
  readonly measuredGain?: PlainNumber;
  readonly measuredGainPerLayer?: PlainNumber;
}

/** One operation of the network: predicted beside measured. */
export interface LayerRow {
  readonly node: number;
  /** How many weight layers there are up to and with this one: the abscissa of the charts. */
  readonly depth: number;
  readonly hasWeights: boolean;
  /** `layers.4`, or the operation's name where no module computes it. */
  readonly path: string;
  /** `Linear 256→256` */
  readonly kind: string;
  /** `B×256`, or `?`. */
  readonly shape: string;
  /** From 1. */
  readonly line: number;
  /** The file of the line, where it is not the model's own. */
  readonly file?: string;
  readonly predicted?: {
    /** q = E[x²] a unit. */
    readonly secondMoment: PlainNumber;
    /** √E‖∂L/∂x‖². Theory gives it up to a factor: see `gradientAnchor`. */
    readonly gradientNorm: PlainNumber;
  };
  /** √χ: the predicted gain of the gradient norm from this pre-activation back to the previous one. */
  readonly predictedGain?: PlainNumber;
  readonly measured?: {
    readonly secondMoment: PlainNumber;
    /** ‖∂L/∂x‖ over the whole tensor, the batch included. */
    readonly gradientNorm: PlainNumber;
  };
  readonly parameters: readonly {
    readonly path: string;
    readonly gradientNorm?: PlainNumber;
    readonly weightNorm?: PlainNumber;
  }[];
  /** Of ∂z_l/∂z_{l−1}, at one input. */
  readonly jacobian?: {
    readonly smallest: PlainNumber;
    readonly median: PlainNumber;
    readonly largest: PlainNumber;
    readonly rms: PlainNumber;
    /** Of the RMS; absent where theory or the sizes do not tell. */
    readonly predictedRms?: PlainNumber;
  };
}

export interface FindingRow {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** From 1. */
  readonly line: number;
  readonly label: string;
  readonly message: string;
  readonly evidence: string;
  readonly citation: string;
  /** Titles of the edits that mend it. */
  readonly fixes: readonly string[];
}

/** How a measurement was made. */
export interface MeasurementFigures {
  /** `wasm, float32, 2 threads` */
  readonly backend: string;
  readonly seed: string;
  readonly seconds: number;
  readonly notes: readonly string[];
}

export interface GradientFigures extends MeasurementFigures {
  readonly loss: PlainNumber;
  readonly lossName: string;
}

/** The singular values of ∂output/∂input, in descending order. */
export interface SpectrumFigures extends MeasurementFigures {
  readonly singularValues: readonly PlainNumber[];
  /** Below it a value is not told from zero. */
  readonly resolution: PlainNumber;
  readonly rms: PlainNumber;
  readonly predictedRms?: PlainNumber;
}

/** Where the sliders of *What if* stand; what is absent is as in the source. */
export interface VariationFields {
  readonly weightDeviation?: number;
  readonly biasDeviation?: number;
  /** One of `WhatIfFigures.activations`. */
  readonly activation?: string;
  readonly branchScale?: number;
  readonly steps?: number;
  readonly width?: number;
}

/** What theory says of a variation. */
export interface WhatIfFigures {
  /** The model as its source has it: where the sliders stand at first. */
  readonly source: {
    readonly weightDeviation: number;
    readonly biasDeviation: number;
    /** For people. */
    readonly activation: string;
    readonly steps: number;
    readonly width: number;
    readonly hasBiases: boolean;
    readonly hasBranches: boolean;
    readonly gain: PlainNumber;
  };
  readonly activations: readonly { readonly id: string; readonly name: string }[];
  readonly map: MapFigures;
  /** σ_w and σ_b of each weight layer as it would be. */
  readonly layers: readonly MapPoint[];
  readonly verdict: Verdict;
  /** The gradient norm's gain over the depth, a layer, and the factor by which one draw in six is beyond it. */
  readonly gain: PlainNumber;
  readonly gainPerLayer: PlainNumber;
  readonly spread: PlainNumber;
  /** ξ, in layers. */
  readonly depthScale: PlainNumber;
  /** Why the variation cannot be written into the source. */
  readonly cannotWrite?: string;
}

export interface MapPoint {
  readonly weightDeviation: number;
  readonly biasDeviation: number;
}

/** The order-to-chaos map: ln χ₁ in cells of equal size, row by row from σ_b = 0, and χ₁ = 1. */
export interface MapFigures {
  readonly largest: MapPoint;
  readonly logChi: readonly (readonly number[])[];
  readonly edge: readonly MapPoint[];
}

/** What the host is doing for this model. */
export type ProbeState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly fraction: number; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type HostMessage =
  | { readonly kind: 'snapshot'; readonly snapshot: PanelSnapshot }
  | { readonly kind: 'progress'; readonly state: ProbeState }
  /** The operations of the cursor's line; empty where there are none. */
  | { readonly kind: 'mark'; readonly nodes: readonly number[] }
  /** The answer to `vary`: figures, or why there are none. */
  | { readonly kind: 'varied'; readonly answer: WhatIfFigures | { readonly reason: string } }
  /** Opens *What if*. */
  | { readonly kind: 'showWhatIf' };

export type PageMessage =
  | { readonly kind: 'ready' }
  /** The snapshot is on the screen: how many points each chart drew, by chart. */
  | { readonly kind: 'rendered'; readonly model: string; readonly points: Readonly<Record<string, number>> }
  | { readonly kind: 'reveal'; readonly node: number }
  | { readonly kind: 'revealFinding'; readonly index: number }
  /** `again`: with other random weights and inputs than the last time. */
  | { readonly kind: 'probe'; readonly again: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'export' }
  /** Asks what theory says of a variation. */
  | { readonly kind: 'vary'; readonly variation: VariationFields }
  /** Writes the variation into the source. */
  | { readonly kind: 'write'; readonly variation: VariationFields }
  /** Something went wrong in the page. */
  | { readonly kind: 'failed'; readonly message: string };

/** Tells a message from anything else; one entry a kind, so that none can be forgotten. */
export type MessageGuards<Message extends { readonly kind: string }> = Readonly<
  Record<Message['kind'], (fields: Readonly<Record<string, unknown>>) => boolean>
>;

export const hostMessages: MessageGuards<HostMessage> = {
  snapshot: ({ snapshot }) => typeof snapshot === 'object' && snapshot !== null,
  progress: ({ state }) => typeof state === 'object' && state !== null,
  mark: ({ nodes }) => Array.isArray(nodes) && nodes.every((node) => typeof node === 'number'),
  varied: ({ answer }) => typeof answer === 'object' && answer !== null,
  showWhatIf: () => true,
};

export const pageMessages: MessageGuards<PageMessage> = {
  ready: () => true,
  rendered: ({ model, points }) => typeof model === 'string' && typeof points === 'object' && points !== null,
  reveal: ({ node }) => Number.isInteger(node),
  revealFinding: ({ index }) => Number.isInteger(index),
  probe: ({ again }) => typeof again === 'boolean',
  cancel: () => true,
  export: () => true,
  vary: ({ variation }) => isVariation(variation),
  write: ({ variation }) => isVariation(variation),
  failed: ({ message }) => typeof message === 'string',
};

const isVariation = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([name, field]) =>
    name === 'activation' ? typeof field === 'string' : Number.isFinite(field),
  );
