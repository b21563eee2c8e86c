import type { OpOf, OpTableOf } from '../op';
import type { MixingOp } from '../ops/mixing';
import { dimText, shapeText, type Dim, type Shape } from '../shape';
import { broadcast } from '../size';
import { axisOf, clash, contradiction, noAxis, shapeOf, withAxis, type InputShapes, type ShapeResult } from './result';

export const mixing: OpTableOf<MixingOp, [InputShapes], ShapeResult> = {
  matmul: (_op, [a, b]) => (a && b ? multiplied(a, b) : shapeOf(undefined)),
  einsum: (op, inputs) => contracted(op, inputs),
  attention: (_op, [q, k, v]) => {
    if (!q || !k || !v) return shapeOf(undefined);
    const [queries, keys, values] = [q.at(-1), k.at(-1), v.at(-1)];
    if (queries === undefined || keys === undefined || values === undefined || q.length < 2)
      return contradiction('Attention expects sequences of features.');
    if (clash(queries, keys))
      return contradiction(`Attention gets queries of ${dimText(queries)} and keys of ${dimText(keys)} features.`);
    const lead = broadcast(q.slice(0, -2), v.slice(0, -2));
    return lead
      ? shapeOf([...lead, q.at(-2) ?? 1, values])
      : contradiction(`Attention gets queries ${shapeText(q)} and values ${shapeText(v)}.`);
  },
  softmax: (op, [x]) => (x && axisOf(op.axis, x.length) === undefined ? noAxis(op.axis, x) : shapeOf(x)),
  reduce: (op, [x]) => reduced(op.axes, op.keepDims, x),
  cumulative: (op, [x]) => (x ? withAxis(x, op.axis, (size) => size) : shapeOf(undefined)),
  gather: (op, [x, indices]) => {
    if (!x || !indices) return shapeOf(undefined);
    const axis = axisOf(op.axis, x.length);
    return axis === undefined ? noAxis(op.axis, x) : shapeOf([...x.slice(0, axis), ...indices, ...x.slice(axis + 1)]);
  },
  takeAlong: (_op, [, indices]) => shapeOf(indices),
  oneHot: (op, [x]) => shapeOf(x && [...x, op.classes]),
  topK: (op, [x]) => (x ? withAxis(x, op.axis, () => op.k) : shapeOf(undefined)),
  argExtremum: (op, [x]) => reduced([op.axis], op.keepDims, x),
};

function reduced(wanted: readonly number[], keepDims: boolean, x: Shape | undefined): ShapeResult {
  if (!x) return shapeOf(undefined);
  const axes = wanted.map((axis) => axisOf(axis, x.length));
  const missing = axes.indexOf(undefined);
  if (missing >= 0) return noAxis(wanted[missing] ?? 0, x);
  return shapeOf(x.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size])));
}

function multiplied(a: Shape, b: Shape): ShapeResult {
  if (a.length === 0 || b.length === 0) return contradiction('A matrix product needs axes on both sides.');
  const rows = a.length === 1 ? [] : [a.at(-2) ?? 1];
  const columns = b.length === 1 ? [] : [b.at(-1) ?? 1];
  const inner = a.at(-1) ?? 1;
  const other = (b.length === 1 ? b[0] : b.at(-2)) ?? 1;
  const lead = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (clash(inner, other) || !lead)
    return contradiction(`Cannot multiply matrices ${shapeText(a)} and ${shapeText(b)}.`);
  return shapeOf([...lead, ...rows, ...columns]);
}

function contracted({ equation }: OpOf<'einsum'>, inputs: InputShapes): ShapeResult {
  const [left = '', right = ''] = equation.split('->');
  const sizes = new Map<string, Dim>();
  for (const [index, letters] of left.split(',').entries()) {
    const x = inputs[index];
    if (!x) return shapeOf(undefined);
    if (x.length !== letters.length) return contradiction(`\`${letters}\` does not name the axes of ${shapeText(x)}.`);
    for (const [axis, letter] of Array.from(letters).entries()) {
      const size = x[axis] ?? 1;
      const known = sizes.get(letter);
      if (known !== undefined && known !== 1 && size !== 1 && clash(known, size))
        return contradiction(`In \`${equation}\` the axis ${letter} is ${dimText(known)} and ${dimText(size)}.`);
      if (known === undefined || known === 1) sizes.set(letter, size);
    }
  }
  const output = Array.from(right, (letter) => sizes.get(letter));
  return output.includes(undefined)
    ? contradiction(`\`${equation}\` asks for an axis that no input has.`)
    : shapeOf(output.filter((size) => size !== undefined));
}
