import type { NumberArray } from './constants/numberArray';
import { unknownDraw, type Draw, type DrawnPart } from './draw';

/** A tensor that changes more often than this from one element to the next is not described. */
const mostParts = 4096;

/** Known numbers as a draw: runs of equal ones, axis by axis. */
export function drawOfNumbers({ sizes, values }: NumberArray): Draw {
  let parts = 0;
  const describe = (from: number, to: number, axis: number): Draw | undefined => {
    const size = sizes[axis];
    const first = values[from] ?? 0;
    if (size === undefined || isEqual(values, from, to)) return { kind: 'constant', value: first };
    const stride = (to - from) / size;
    const runs: DrawnPart[] = [];
    for (let place = 0; place < size;) {
      const start = from + place * stride;
      let end = place + 1;
      while (end < size && isSame(values, start, from + end * stride, stride)) end++;
      const draw = describe(start, start + stride, axis + 1);
      if (!draw || ++parts > mostParts) return undefined;
      runs.push({ size: end - place, draw });
      place = end;
    }
    return { kind: 'partitioned', axis, parts: runs };
  };
  return describe(0, values.length, 0) ?? unknownDraw('it is set number by number');
}

function isEqual(values: Float64Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (values[at] !== values[from]) return false;
  return true;
}

function isSame(values: Float64Array, a: number, b: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (values[a + at] !== values[b + at]) return false;
  return true;
}
