import { tuple, type Value } from '../../python/values';
import { computed } from '../constants/content';
import { arrayOf, makeConstant } from './compute';
import { function_, type FunctionUse, type TensorFunction } from './define';
import { numberKindOf } from './numberKind';

const cause = 'it is made of the distinct numbers of a tensor';

/** `torch.unique(x, return_inverse, return_counts)` without an axis: in ascending order. Its shape is known where the numbers are. */
const unique = function_(['sorted', 'return_inverse', 'return_counts', 'dim'], (use) => {
  const array = arrayOf(use.x);
  if (!array || use.given('dim', 'axis')) return use.opaque('Which numbers this tensor holds is not known.');
  const values = [...new Set(array.values)].sort((a, b) => a - b);
  const places = new Map(values.map((value, place) => [value, place]));
  const counts = new Float64Array(values.length);
  const inverse = array.values.map((value) => places.get(value) ?? 0);
  for (const place of inverse) counts[place] = (counts[place] ?? 0) + 1;
  const results = [constant(use, Float64Array.from(values), [values.length], numberKindOf(use.x, use.trace))];
  if (use.flag('return_inverse', false)) results.push(constant(use, inverse, array.sizes));
  if (use.flag('return_counts', false)) results.push(constant(use, counts, [values.length]));
  const [only] = results;
  return only && results.length === 1 ? only : tuple(results);
});

function constant(
  { site }: FunctionUse,
  values: Float64Array,
  shape: readonly number[],
  kind = 'int' as Parameters<typeof makeConstant>[1],
): Value {
  return makeConstant({ shape, content: computed(() => values, cause) }, kind, site);
}

export const distinctFunctions: Readonly<Record<string, TensorFunction>> = { unique };
