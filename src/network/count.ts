import type { Parameter } from './parameter';
import { product } from './shape';

/** How many trainable numbers there are; undefined where a size is unknown. */
export function parameterCount(parameters: readonly Parameter[]): number | undefined {
  let total = 0;
  for (const parameter of parameters) {
    const count = product(parameter.shape);
    if (count === undefined) return undefined;
    total += count;
  }
  return total;
}
