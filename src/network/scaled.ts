import type { Distribution } from './initializer';

/** The distribution of `factor` times what is drawn. */
export function scaledDistribution(drawn: Distribution, factor: number): Distribution {
  switch (drawn.kind) {
    case 'constant':
      return { ...drawn, value: factor * drawn.value };
    case 'uniform':
      return { ...drawn, low: factor * drawn.low, high: factor * drawn.high };
    case 'normal':
      return { ...drawn, mean: factor * drawn.mean, std: factor * drawn.std };
    case 'truncatedNormal': {
      const { mean, std, low, high } = drawn;
      return { ...drawn, mean: factor * mean, std: factor * std, low: factor * low, high: factor * high };
    }
    case 'varianceScaling':
    case 'biasScaling':
      return { ...drawn, scale: factor ** 2 * drawn.scale };
    case 'orthogonal':
    case 'identity':
      return { ...drawn, gain: factor * drawn.gain };
    case 'partitioned':
      return {
        ...drawn,
        parts: drawn.parts.map((part) => ({ ...part, distribution: scaledDistribution(part.distribution, factor) })),
      };
    case 'unknown':
      return drawn;
  }
}

/** Whether the deviation does not follow the layer's width: a number in the source. */
export function hasFixedScale({ kind }: Distribution): boolean {
  return kind === 'uniform' || kind === 'normal' || kind === 'truncatedNormal';
}
