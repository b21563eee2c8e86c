import {
  isKnown,
  parameterCount,
  parametersByPath,
  product,
  shapeText,
  type Network,
  type Shape,
} from '../../../src/network';
import { misfit } from './draws';
import type { Reference } from './references';

/** How a model is read. */
export type Verdict =
  /** Paths, shapes, order, counts and every initialiser are the framework's. */
  | { readonly kind: 'exact' }
  /** What is listed is right, and what is missing is said: `reasons`, for people. */
  | { readonly kind: 'inPart'; readonly reasons: readonly string[] }
  /** There is no network, and a note says why. */
  | { readonly kind: 'notRead'; readonly reasons: readonly string[] }
  /** Something is claimed that is not so. */
  | { readonly kind: 'wrong'; readonly errors: readonly string[]; readonly reasons: readonly string[] };

/** Compare a network's parameters with the framework's. */
export function compare(network: Network, { parameters }: Reference): Verdict {
  const errors: string[] = [];
  const reasons = new Set(network.unlistedParameters);
  const siblings = parametersByPath(network.parameters);
  if (siblings.size < network.parameters.length) errors.push('a path is listed twice');

  for (const parameter of network.parameters) {
    const { path, shape, initializer } = parameter;
    const made = parameters[path];
    if (!made) {
      errors.push(`${path}: there is no such parameter`);
      continue;
    }
    const fits = mayBe(shape, made.shape);
    if (!fits) errors.push(`${path}: the shape is (${shapeText(made.shape)}), not (${shapeText(shape)})`);
    for (const dim of shape) if (!isKnown(dim)) reasons.add(`a size is not known: ${dim.reason ?? dim.symbol}`);
    const { distribution } = initializer;
    if (distribution.kind === 'unknown') reasons.add(`an initialiser is not known: ${distribution.reason}`);
    const misfits = fits && made.draws ? misfit(parameter, siblings, made.draws) : undefined;
    if (misfits !== undefined) errors.push(`${path}: ${misfits}`);
  }

  const expected = Object.entries(parameters);
  const missing = expected.filter(([path]) => !siblings.has(path)).map(([path]) => path);
  const complete = (network.unlistedParameters ?? []).length === 0;
  if (missing.length > 0 && complete) errors.push(`${missing.length} parameters are not listed: ${some(missing)}`);
  const order = network.parameters.map(({ path }) => path);
  const expectedOrder = expected.map(([path]) => path);
  if (complete && missing.length === 0 && order.some((path, index) => path !== expectedOrder[index]))
    errors.push(`the order differs from ${expectedOrder.find((path, index) => path !== order[index]) ?? ''} on`);
  const count = parameterCount(network);
  const expectedCount = expected.reduce((sum, [, { shape }]) => sum + (product(shape) ?? 0), 0);
  if (count !== undefined && count !== expectedCount)
    errors.push(`the number of parameters is ${expectedCount}, not ${count}`);

  if (errors.length > 0) return { kind: 'wrong', errors, reasons: [...reasons] };
  return reasons.size > 0 ? { kind: 'inPart', reasons: [...reasons] } : { kind: 'exact' };
}

/** Whether nothing that is known of a shape differs. Where no size is known, the number of axes is not either. */
function mayBe(shape: Shape, made: readonly number[]): boolean {
  if (shape.length > 0 && !shape.some(isKnown)) return true;
  return shape.length === made.length && shape.every((dim, axis) => !isKnown(dim) || dim === made[axis]);
}

function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown}, …` : shown;
}
