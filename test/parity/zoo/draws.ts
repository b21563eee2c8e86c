import { mean, variance, type Distribution, type Parameter, type ParametersByPath } from '../../../src/network';
import type { Draws } from './references';

/**
 * Whether draws fit the distribution that is claimed for them. The rule: with n draws, the mean may be off by six standard errors
 * σ/√n, and the standard deviation by six of its own, σ·√((κ−1)/(4n)), where κ is the kurtosis; both and 1e-5 of the size of the
 * numbers, for float32. Constants must be equal, bounded distributions stay in their bounds, and where κ is told, the draws' own
 * kurtosis may be off by six times √(24/n). Six standard errors are passed once in 5·10⁸ by chance.
 */

const standardErrors = 6;
const rounding = 1e-5;
/** A sample kurtosis means little before. */
const samplesForKurtosis = 1_000;
const tooCloseToTell = 0.02;

/**
 * Keras on PyTorch cuts a normal at two deviations by drawing four times: where all four lie outside, which is once in 230,000
 * numbers, the first is taken as it is.
 */
function leak(distribution: Distribution): number {
  if (distribution.kind !== 'truncatedNormal') return 0;
  const { mean: center, std, high } = distribution;
  return Math.abs(high - center - 2 * std) < rounding * std ? 4 * std : 0;
}

/** What does not fit, for people; undefined where all does. Unknown claims fit all. */
export function misfit(parameter: Parameter, siblings: ParametersByPath, draws: Draws): string | undefined {
  const { initializer } = parameter;
  const { distribution } = initializer;
  if (distribution.kind === 'unknown') return undefined;
  const claim = describe(distribution);
  if (distribution.kind === 'constant') {
    const { value } = distribution;
    const slack = 1e-6 * Math.abs(value);
    const equal = draws.low >= value - slack && draws.high <= value + slack;
    return equal ? undefined : `claimed ${claim}, drawn from ${number(draws.low)} to ${number(draws.high)}`;
  }
  const spread = variance(parameter, siblings);
  if (spread === undefined) return undefined;
  const std = Math.sqrt(spread);
  const { samples } = draws;
  if (std > 0 && samples > 1 && draws.low === draws.high) return `claimed ${claim}, always ${number(draws.low)}`;

  const center = mean(initializer);
  const size = Math.max(Math.abs(center ?? 0), std);
  const meanOff = (standardErrors * std) / Math.sqrt(samples) + rounding * size;
  if (center !== undefined && Math.abs(draws.mean - center) > meanOff)
    return `claimed ${claim}, mean ${number(draws.mean)} is not ${number(center)} ± ${number(meanOff)}`;

  const told = kurtosis(distribution);
  const tails = told ?? Math.max(draws.kurtosis, 3);
  const stdOff = standardErrors * std * Math.sqrt((tails - 1) / (4 * samples)) + rounding * size;
  if (Math.abs(draws.std - std) > stdOff)
    return `claimed ${claim}, standard deviation ${number(draws.std)} is not ${number(std)} ± ${number(stdOff)}`;

  const kurtosisOff = standardErrors * Math.sqrt(24 / samples) + tooCloseToTell;
  if (told !== undefined && samples >= samplesForKurtosis && Math.abs(draws.kurtosis - told) > kurtosisOff)
    return `claimed ${claim}, kurtosis ${number(draws.kurtosis)} is not ${number(told)} ± ${number(kurtosisOff)}`;

  if (distribution.kind === 'uniform' || distribution.kind === 'truncatedNormal') {
    const slack = rounding * size + leak(distribution);
    if (draws.low < distribution.low - slack || draws.high > distribution.high + slack)
      return `claimed ${claim}, drawn from ${number(draws.low)} to ${number(draws.high)}`;
  }
  return undefined;
}

/** Of independent draws; undefined where it depends on more than the family, or they are not independent. */
function kurtosis(distribution: Distribution): number | undefined {
  switch (distribution.kind) {
    case 'uniform':
    case 'biasScaling':
      return distribution.kind === 'uniform' && distribution.low === distribution.high ? undefined : 1.8;
    case 'normal':
      return 3;
    case 'varianceScaling':
      return { uniform: 1.8, normal: 3, truncatedNormal: undefined }[distribution.shape];
    case 'constant':
    case 'truncatedNormal':
    case 'orthogonal':
    case 'identity':
    case 'partitioned':
    case 'unknown':
      return undefined;
  }
}

/** `normal(mean 0, std 0.02)` */
function describe({ kind, ...rest }: Distribution): string {
  const values = Object.entries(rest).map(([name, value]) =>
    typeof value === 'number' ? `${name} ${number(value)}` : `${name} ${JSON.stringify(value)}`,
  );
  return `${kind}(${values.join(', ')})`;
}

const number = (value: number): string => String(Number(value.toPrecision(5)));
