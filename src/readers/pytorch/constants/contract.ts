import { countOf, pick, stridesOf, type NumberArray } from './numberArray';

/** Products summed beyond this many are not computed. */
const mostProducts = 5_000_000;

/** A sum of products in Einstein's notation; undefined where it is too much work. Axes of size 1 are stretched. */
export function contract(
  letters: readonly string[],
  result: string,
  inputs: readonly NumberArray[],
  sizes: readonly number[],
): Float64Array | undefined {
  const lengths = new Map<string, number>();
  for (const [index, axes] of letters.entries())
    for (const [axis, letter] of Array.from(axes).entries())
      lengths.set(letter, Math.max(lengths.get(letter) ?? 1, inputs[index]?.sizes[axis] ?? 1));
  const summed = [...lengths.keys()].filter((letter) => !result.includes(letter));
  const order = [...Array.from(result), ...summed];
  const all = order.map((letter) => lengths.get(letter) ?? 1);
  if (countOf(all) > mostProducts) return undefined;
  const factors = inputs.map(({ sizes: own, values }, index) => {
    const strides = stridesOf(own);
    const axes = Array.from(letters[index] ?? '');
    const offsets = order.map((letter, place) => {
      // A letter that stands twice walks along the diagonal.
      const stride = axes.reduce(
        (total, one, axis) => (one === letter && own[axis] !== 1 ? total + (strides[axis] ?? 0) : total),
        0,
      );
      return Array.from({ length: all[place] ?? 1 }, (_, at) => at * stride);
    });
    return pick(values, offsets);
  });
  const output = new Float64Array(countOf(sizes));
  const inner = countOf(summed.map((letter) => lengths.get(letter) ?? 1));
  for (let at = 0; at < output.length; at++) {
    let total = 0;
    for (let term = at * inner; term < (at + 1) * inner; term++)
      total += factors.reduce((product, factor) => product * (factor[term] ?? 0), 1);
    output[at] = total;
  }
  return output;
}
