import erfc from '@stdlib/math-base-special-erfc';

/** A place on the line and the probability mass that stands for its surroundings. */
export type MassAt = readonly [place: number, mass: number];

const [LOW, HIGH, STEP] = [-8.025, 12, 0.05];
const densities = new Map<number, readonly MassAt[]>();

/**
 * The density K·n(t)·Φ(t)^{K−1} of the largest of K standard normals, on a grid: the trapezoidal rule, which for smooth functions is exact to
 * rounding. No place lies on a kink at 0.
 */
export function largestDensity(count: number): readonly MassAt[] {
  const known = densities.get(count);
  if (known) return known;
  const places = Array.from({ length: Math.round((HIGH - LOW) / STEP) + 1 }, (_, k) => LOW + k * STEP);
  const density = places.map((t): MassAt => {
    const below = erfc(-t * Math.SQRT1_2) / 2;
    const log = Math.log(count) - (t * t) / 2 + (count - 1) * Math.log(below);
    return [t, (STEP * Math.exp(log)) / Math.sqrt(2 * Math.PI)];
  });
  const grid = density.filter(([, mass]) => mass > 1e-17);
  densities.set(count, grid);
  return grid;
}

/** E[max] and E[max²] of K standard normals. */
export function largestOfNormals(count: number): { readonly mean: number; readonly secondMoment: number } {
  let [mean, secondMoment] = [0, 0];
  for (const [t, mass] of largestDensity(count)) {
    mean += mass * t;
    secondMoment += mass * t * t;
  }
  return { mean, secondMoment };
}
