import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Operation } from '../operation';
import { mapAxis, mapAxisBack, copying } from './axisMap';
import { inverse } from './channels';
import { broadcastTo } from './repetition';

/** A tensor whose axes are named, each by a letter of its own. */
interface Named {
  readonly tensor: Tensor;
  readonly letters: readonly string[];
}

/** Any equation, as products of matrices; the gradient by an operand is an equation over the others. */
export const einsum: Operation<'einsum'> = (op, inputs) => {
  const [left = '', right = ''] = op.equation.split('->');
  const written = left.split(',').map((letters) => Array.from(letters));
  const output = Array.from(right);
  const sizes = new Map<string, number>();
  for (const [i, letters] of written.entries())
    for (const [axis, letter] of letters.entries())
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, inputs[i]?.tensor.shape[axis] ?? 1));
  const operands = inputs.map(({ tensor }, i) => distinct({ tensor, letters: written[i] ?? [] }, sizes));
  const product = contract(
    operands.map(({ named }) => named),
    output,
    sizes,
  );
  return {
    output: { tensor: product, layout: 'framework' },
    saved: operands.map(({ named }) => named.tensor),
    pullback: (gradient) => ({
      inputs: operands.map(({ named, back }, i) => {
        const others = operands.filter((_, j) => j !== i).map((other) => other.named);
        return back(contract([{ tensor: gradient, letters: output }, ...others], named.letters, sizes));
      }),
    }),
  };
};

/** The operand with every letter once, and without axes of size 1 along which it broadcasts; and the way back. */
function distinct(
  { tensor, letters }: Named,
  sizes: ReadonlyMap<string, number>,
): { readonly named: Named; readonly back: (gradient: Tensor) => Tensor } {
  const kept = letters.map((letter, axis) => tensor.shape[axis] === sizes.get(letter));
  let named: Named = {
    tensor: tf.reshape(
      tensor,
      tensor.shape.filter((_, axis) => kept[axis]),
    ),
    letters: letters.filter((_, axis) => kept[axis]),
  };
  let back = (gradient: Tensor): Tensor => tf.reshape(gradient, tensor.shape);
  for (;;) {
    const { letters: now } = named;
    const first = now.findIndex((letter, axis) => now.includes(letter, axis + 1));
    if (first < 0) return { named, back };
    const diagonal = onDiagonal(named, first, now.indexOf(now[first] ?? '', first + 1));
    const before = back;
    named = diagonal.named;
    back = (gradient) => before(diagonal.back(gradient));
  }
}

/** The diagonal of two axes, as one axis that comes last. */
function onDiagonal({ tensor, letters }: Named, first: number, second: number) {
  const others = letters.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const order = [...others, first, second];
  const size = tensor.shape[first] ?? 1;
  const lead = others.map((axis) => tensor.shape[axis] ?? 1);
  const map = copying(size * size, size, (i) => i * (size + 1));
  return {
    named: {
      tensor: mapAxis(tf.reshape(tf.transpose(tensor, order), [...lead, size * size]), lead.length, map),
      letters: [...others.map((axis) => letters[axis] ?? ''), letters[first] ?? ''],
    },
    back: (gradient: Tensor): Tensor =>
      tf.transpose(tf.reshape(mapAxisBack(gradient, lead.length, map), [...lead, size, size]), inverse(order)),
  };
}

/** Multiplies named tensors and sums over the letters that `output` does not ask for. A letter that none has is repeated. */
function contract(operands: readonly Named[], output: readonly string[], sizes: ReadonlyMap<string, number>): Tensor {
  const product = operands.slice(1).reduce(
    (left, right, i) => {
      const later = new Set([...output, ...operands.slice(i + 2).flatMap(({ letters }) => letters)]);
      return multiplied(left, right, later);
    },
    operands[0] ?? { tensor: tf.scalar(1), letters: [] },
  );
  const { tensor, letters } = summed(product, new Set(output));
  const present = output.filter((letter) => letters.includes(letter));
  const ordered = arranged({ tensor, letters }, present);
  if (present.length === output.length) return ordered;
  const lifted = tf.reshape(
    ordered,
    output.map((letter) => (letters.includes(letter) ? (sizes.get(letter) ?? 1) : 1)),
  );
  return broadcastTo(
    lifted,
    output.map((letter) => sizes.get(letter) ?? 1),
  );
}

/** Sums over the letters that are not asked for. */
function summed({ tensor, letters }: Named, kept: ReadonlySet<string>): Named {
  const axes = letters.flatMap((letter, axis) => (kept.has(letter) ? [] : [axis]));
  if (axes.length === 0) return { tensor, letters };
  return { tensor: tf.sum(tensor, axes), letters: letters.filter((letter) => kept.has(letter)) };
}

function arranged({ tensor, letters }: Named, wanted: readonly string[]): Tensor {
  const order = wanted.map((letter) => letters.indexOf(letter));
  return order.every((axis, i) => axis === i) ? tensor : tf.transpose(tensor, order);
}

/** The product of two, summed over the letters that both have and that are not asked for `later`. */
function multiplied(left: Named, right: Named, later: ReadonlySet<string>): Named {
  const a = summed(left, new Set([...right.letters, ...later]));
  const b = summed(right, new Set([...left.letters, ...later]));
  const both = a.letters.filter((letter) => b.letters.includes(letter));
  const shared = both.filter((letter) => later.has(letter));
  const inner = both.filter((letter) => !later.has(letter));
  const rows = a.letters.filter((letter) => !both.includes(letter));
  const columns = b.letters.filter((letter) => !both.includes(letter));
  const sizesOf = ({ tensor, letters }: Named, wanted: readonly string[]) =>
    wanted.map((letter) => tensor.shape[letters.indexOf(letter)] ?? 1);
  const count = (named: Named, wanted: readonly string[]) =>
    sizesOf(named, wanted).reduce((size, dim) => size * dim, 1);
  const [batch, m, k, n] = [count(a, shared), count(a, rows), count(a, inner), count(b, columns)];
  const x = arranged(a, [...shared, ...rows, ...inner]);
  const y = arranged(b, [...shared, ...inner, ...columns]);
  const product =
    k === 1
      ? tf.mul(tf.reshape(x, [batch, m, 1]), tf.reshape(y, [batch, 1, n]))
      : m === 1 && n === 1
        ? tf.sum(tf.mul(tf.reshape(x, [batch, k]), tf.reshape(y, [batch, k])), 1)
        : tf.matMul(tf.reshape<tf.Rank.R3>(x, [batch, m, k]), tf.reshape<tf.Rank.R3>(y, [batch, k, n]));
  return {
    tensor: tf.reshape(product, [...sizesOf(a, shared), ...sizesOf(a, rows), ...sizesOf(b, columns)]),
    letters: [...shared, ...rows, ...columns],
  };
}
