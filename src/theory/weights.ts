import {
  biasVariance,
  fanRatio,
  isKnown,
  mean,
  parametersByPath,
  partsOf,
  product,
  variance,
  weightVariance,
  type Network,
  type OpOf,
  type Parameter,
  type ParametersByPath,
} from '../network';

/** E[w] and E[w²] of an element. */
export interface Draw {
  readonly mean: number;
  readonly secondMoment: number;
}

const nothing: Draw = { mean: 0, secondMoment: 0 };

/** Each is asked for on the way forward and on the way back. */
function remembered<Value>(known: Map<string, Value>, path: string, compute: () => Value): Value {
  const before = known.get(path);
  if (before !== undefined || known.has(path)) return before as Value;
  const value = compute();
  known.set(path, value);
  return value;
}

/** What the parameters of a network are drawn from, in the terms of the theory. */
export class Weights {
  readonly #parameters: ParametersByPath;
  readonly #weights = new Map<string, number | undefined>();
  readonly #biases = new Map<string, Draw | undefined>();
  readonly #scalars = new Map<string, Draw | undefined>();
  #assumed = false;

  constructor({ parameters }: Network) {
    this.#parameters = parametersByPath(parameters);
  }

  /** σ_w² = fan_in · Var(W). Undefined where it is unknown or the mean is not zero. */
  weightVariance(path: string): number | undefined {
    return remembered(this.#weights, path, () => {
      const parameter = this.#parameters.get(path);
      return parameter && weightVariance(parameter);
    });
  }

  /** The same of a convolution, whose kernel need not have an axis of inputs (depthwise in Keras). */
  convolutionVariance({ weight, inChannels, groups, kernel }: OpOf<'conv'>): number | undefined {
    const parameter = this.#parameters.get(weight);
    if (!parameter || parameter.axes.includes('in')) return this.weightVariance(weight);
    const drawn = this.scalar(weight, 0);
    const taps = product(kernel);
    if (drawn?.mean !== 0 || taps === undefined || !isKnown(inChannels) || !isKnown(groups)) return undefined;
    return (inChannels / groups) * taps * drawn.secondMoment;
  }

  /** The gain of a square weight that starts as a multiple of the identity: it mixes no units. */
  identityGain(path: string): number | undefined {
    const parameter = this.#parameters.get(path);
    if (parameter?.initializer.distribution.kind !== 'identity') return undefined;
    const plain = parameter.axes.every((role) => role !== 'kernel');
    return plain && fanRatio(parameter) === 1 ? parameter.initializer.distribution.gain : undefined;
  }

  /**
   * E[b] and E[b²]. Where only the width is missing (PyTorch's U(±1/√fan_in)) the bias counts as zero, which it is for wide layers;
   * `assumed` tells.
   */
  bias(path: string | undefined): Draw | undefined {
    return path === undefined ? nothing : remembered(this.#biases, path, () => this.drawnBias(path));
  }

  private drawnBias(path: string): Draw | undefined {
    const parameter = this.#parameters.get(path);
    if (!parameter) return undefined;
    const center = mean(parameter.initializer);
    const second = biasVariance(parameter, this.#parameters);
    if (center !== undefined && second !== undefined) return { mean: center, secondMoment: second };
    if (parameter.initializer.distribution.kind !== 'biasScaling') return undefined;
    this.#assumed = true;
    return { mean: 0, secondMoment: 0 };
  }

  /** E[γ] and E[γ²] of a scale or shift; `absent` where the operation has none. */
  scalar(path: string | undefined, absent: number): Draw | undefined {
    if (path === undefined) return { mean: absent, secondMoment: absent * absent };
    return remembered(this.#scalars, path, () => this.drawnScalar(path));
  }

  private drawnScalar(path: string): Draw | undefined {
    const parameter = this.#parameters.get(path);
    if (!parameter) return undefined;
    const center = mean(parameter.initializer);
    const spread = variance(parameter, this.#parameters);
    return center === undefined || spread === undefined
      ? undefined
      : { mean: center, secondMoment: spread + center * center };
  }

  /** E[b] and E[b²] of the biases of one of the `gates` of a recurrent cell, those of both paths added. */
  gateBias(paths: readonly (string | undefined)[], gate: number, gates: number): Draw | undefined {
    let [center, spread] = [0, 0];
    for (const path of paths) {
      if (path === undefined) continue;
      const parameter = this.#parameters.get(path);
      const part = parameter && partAt(parameter, (gate + 0.5) / gates);
      const own = part && mean(part.initializer);
      if (!part || own === undefined) return undefined;
      const drawn = variance(part, this.#parameters);
      // PyTorch's U(±1/√hidden) of a width that is not known: nothing beside the rest.
      if (drawn === undefined) this.#assumed = true;
      center += own;
      spread += drawn ?? 0;
    }
    return { mean: center, secondMoment: spread + center ** 2 };
  }

  /** Whether something was counted as zero since its size is unknown. */
  get assumed(): boolean {
    return this.#assumed;
  }
}

/** The part of a partitioned vector in which this share of its elements lies before. */
function partAt(parameter: Parameter, share: number): Parameter | undefined {
  const { distribution } = parameter.initializer;
  if (distribution.kind !== 'partitioned') return parameter;
  const total = distribution.parts.reduce((sum, { size }) => sum + size, 0);
  let passed = 0;
  return partsOf(parameter).find((_, index) => (passed += distribution.parts[index]?.size ?? 0) > share * total);
}
