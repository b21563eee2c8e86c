import type { NodeId, RecurrentCell } from '../network';
import type { InitialLoss } from './initialLoss';

/** The signal at one node, averaged over units and over draws of the weights (infinite width). */
export interface NodeSignal {
  readonly node: NodeId;
  /** q = E[x²] a unit. */
  readonly secondMoment: number;
  /** E[x] over units; zero after a layer of zero-mean weights. */
  readonly mean: number;
  /** c = E[x_a x_b] / q of two different inputs a, b of the data. */
  readonly correlation: number;
  /** E‖∂L/∂x‖² over the whole tensor, relative to the network's output. */
  readonly gradient: number;
}

/** One step of depth: from the output of a weight layer to the output of the weight layer before it. */
export interface LayerSignal {
  /** The weight layer (see `weightLayers`): its output is the pre-activation z of this layer. */
  readonly node: NodeId;
  /** σ_w² = fan_in · Var(W) of a linear layer or a convolution; undefined for others, and where weights are not drawn with zero mean. */
  readonly weightVariance: number | undefined;
  /** σ_b². */
  readonly biasVariance: number;
  /** q of the pre-activation. */
  readonly secondMoment: number;
  /** The factor of the *squared* gradient norm from this pre-activation back to the previous one (χ). Undefined for the first layer. */
  readonly chi: number | undefined;
}

export type Confidence = 'high' | 'medium' | 'low';

/** What mean-field theory says of a network before the first step. */
export interface SignalReport {
  /** By node; undefined where it depends on something that was not understood. */
  readonly signals: readonly (NodeSignal | undefined)[];
  /** The weight layers that could be judged, in topological order. */
  readonly layers: readonly LayerSignal[];
  /** Undefined where the network could not be followed from input to output, or has fewer than two weight layers. */
  readonly depth: DepthSignal | undefined;
  /** Every attention whose scores could be followed. */
  readonly attention: readonly AttentionSignal[];
  /** Every recurrent layer whose weights are known. */
  readonly memory: readonly MemorySignal[];
  /** Undefined where no single loss is applied, or its logits are not known. */
  readonly loss: InitialLoss | undefined;
  readonly confidence: Confidence;
}

/** What a softmax over keys makes of its scores. */
export interface AttentionSignal {
  /** The `attention`, or the softmax where it is written out. */
  readonly node: NodeId;
  /** E[s²] of a score. */
  readonly scoreVariance: number;
  /** What the scores of one query do not share, and the softmax sees. */
  readonly scoreSpread: number;
  /** 1/E[Σa²]: how many keys a query looks at. */
  readonly attendedKeys: number;
}

/** How long a recurrent layer remembers at its start. */
export interface MemorySignal {
  readonly node: NodeId;
  readonly cell: RecurrentCell['kind'];
  /**
   * What one step leaves of the norm of the gradient: an LSTM's forget gate, a GRU's update gate, both at their mean bias; of a plain cell at
   * most the spectral radius times sup|φ'|.
   */
  readonly retention: number;
  /** Steps after which half is left; infinite where nothing is lost. */
  readonly halfLife: number;
  /** Steps of the sequence, where they are known. */
  readonly steps: number | undefined;
}

/** How a gradient travels over the whole depth. */
export interface DepthSignal {
  /** Weight layers on the longest path between the first and the last of them, the last excluded: the number of χ factors. */
  readonly steps: number;
  /** S = Σ ln χ: the natural logarithm of the squared gradient's gain from the last to the first weight layer. */
  readonly logGain: number;
  /**
   * S + ln(q_first/q_last): the same for the gradient with respect to a relative change of a pre-activation. It is free of scale: a
   * chain that only shrinks its signal (ReLU without biases) keeps it; where biases drown the signal it falls.
   */
  readonly relativeLogGain: number;
  /** exp(S / 2): the gain of the gradient *norm* over the depth. */
  readonly gain: number;
  /** exp(S / (2·steps)): the geometric mean of the gain of the gradient norm a layer. */
  readonly gainPerLayer: number;
  /** ξ = 1/|S / steps| in layers; infinite at criticality. Trainable depth is about 6 ξ. */
  readonly depthScale: number;
  /**
   * The standard deviation of S between draws of the weights, of one input: what finite width leaves (see `fluctuation.ts`). S is nearly normal
   * and on average lower than `logGain` by half its square.
   */
  readonly logGainDeviation: number;
  /** Σ 1/width over the path, L/n of equal layers: from 1 on a prediction for infinite width says nothing (Roberts, Yaida & Hanin 2022). */
  readonly depthToWidth: number;
  /** Set where the mean field has an unstable fixed point, so that a range is honest and a number is not (B0.2). */
  readonly logGainRange?: readonly [number, number];
  /** Smallest and largest second moment of a pre-activation on the way. */
  readonly smallestSecondMoment: number;
  readonly largestSecondMoment: number;
}
