import type { Network } from './network';
import { product } from './shape';

/** How many trainable numbers a network has; undefined where a size is unknown, or not every parameter is. */
export function parameterCount({
  parameters,
  unlistedParameters = [],
}: Pick<Network, 'parameters' | 'unlistedParameters'>): number | undefined {
  if (unlistedParameters.length > 0) return undefined;
  let total = 0;
  for (const parameter of parameters) {
    const count = product(parameter.shape);
    if (count === undefined) return undefined;
    total += count;
  }
  return total;
}
