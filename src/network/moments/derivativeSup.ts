import type { Activation } from '../activation';
import { pointwise } from './pointwise';

const REACH = 64;
const STEPS = 4096;
const unbounded: ReadonlySet<Activation['kind']> = new Set(['exp', 'square', 'power', 'log']);

/** sup |φ'|: the most that an activation can stretch a gradient. Infinite for `exp`, `log` and powers. */
export function derivativeSup(activation: Activation): number {
  if (unbounded.has(activation.kind)) return Infinity;
  const { derivative } = pointwise(activation);
  const size = (x: number): number => Math.abs(derivative(x));
  let best = 0;
  const width = (2 * REACH) / STEPS;
  for (let step = 0; step <= STEPS; step += 1)
    if (size(-REACH + step * width) > size(best)) best = -REACH + step * width;
  let [low, high] = [best - width, best + width];
  // The derivative has one top between the neighbours of the best grid point: ternary search.
  for (let round = 0; round < 100; round += 1) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (size(left) < size(right)) low = left;
    else high = right;
  }
  return Math.max(size(best), size((low + high) / 2));
}
