import { float, numberOf, type Value } from '../../python/values';
import { Arithmetic } from './arithmetic';
import { weightProduct } from './weightProduct';
import { function_, type FunctionUse, type TensorFunction } from './define';

const product = function_(['other'], (use) => {
  const other = use.given('other', 'mat2', 'vec', 'tensor') ?? use.args.value('other');
  return weightProduct(use.x, other, undefined, use.call) ?? use.add({ kind: 'matmul' }, [use.x, other]);
});

const outer = function_(['vec2'], (use) =>
  use.add({ kind: 'einsum', equation: 'a,b->ab' }, [use.x, use.args.value('vec2')]),
);

/** β · input + α · A B */
const added = function_(['mat1', 'mat2', 'beta', 'alpha'], (use) => {
  const a = new Arithmetic(use.call);
  const [first, second] = [
    use.given('mat1', 'batch1', 'mat') ?? use.args.value('mat1'),
    use.given('mat2', 'batch2', 'vec') ?? use.args.value('mat2'),
  ];
  const plain = ['alpha', 'beta'].every((name) => (numberOf(use.given(name)) ?? 1) === 1);
  const layer = plain ? weightProduct(first, second, use.x, use.call) : undefined;
  if (layer) return layer;
  const both = a.multiply(use.add({ kind: 'matmul' }, [first, second]), use.given('alpha') ?? float(1));
  const beta = numberOf(use.given('beta'));
  return beta === 0 ? both : a.add(a.multiply(use.x, use.given('beta') ?? float(1)), both);
});

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * An equation with letters only: `...` is written out, and a result that is not told is put together as PyTorch does. Undefined where
 * the number of axes is not known, or the equation is none.
 */
export function plainEquation(equation: string, ranks: readonly (number | undefined)[]): string | undefined {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const operands = left.split(',');
  if (operands.length !== ranks.length || !/^[a-zA-Z.,]*$/.test(left + (right ?? ''))) return undefined;
  const free = Array.from(letters).filter((letter) => !equation.includes(letter));
  const hidden = operands.map((operand, index) => {
    const rank = ranks[index];
    return operand.includes('...') ? (rank === undefined ? undefined : rank - (operand.length - 3)) : 0;
  });
  if (hidden.some((count) => count === undefined || count < 0 || count > 8)) return undefined;
  const most = Math.max(0, ...hidden.map((count) => count ?? 0));
  const spread = free.slice(0, most).join('');
  const written = operands.map((operand, index) => operand.replace('...', spread.slice(most - (hidden[index] ?? 0))));
  const implicit = (): string => {
    const named = Array.from(left.replaceAll(/[.,]/g, ''));
    return (
      spread +
      [...new Set(named)]
        .filter((letter) => named.indexOf(letter) === named.lastIndexOf(letter))
        .sort()
        .join('')
    );
  };
  const result = right === undefined ? implicit() : right.replace('...', spread);
  return `${written.join(',')}->${result}`;
}

function einsum(use: FunctionUse): Value {
  const [equation, ...rest] = use.call.positional;
  const [first] = rest;
  const list = rest.length === 1 && first && (first.type === 'tuple' || first.type === 'list') ? first.items : rest;
  if (equation?.type !== 'str') return use.opaque('The equation of this einsum is not known.', list);
  const plain = plainEquation(
    equation.value,
    list.map((tensor) => use.rank(tensor)),
  );
  return plain === undefined
    ? use.opaque('The axes of this einsum are not known.', list)
    : use.add({ kind: 'einsum', equation: plain }, list);
}

const tensordot = function_(['other', 'dims'], (use) => {
  const other = use.args.value('other');
  const [a, b] = [use.rank(), use.rank(other)];
  const dims = use.given('dims');
  const count = dims ? numberOf(dims) : 2;
  const pairs = dims?.type === 'tuple' || dims?.type === 'list' ? dims.items : undefined;
  const [left, right] = pairs?.map((axes) => use.axes(axes)) ?? [];
  if (a === undefined || b === undefined) return use.opaque('The axes of this product are not known.', [use.x, other]);
  const contracted =
    left && right
      ? left.map((axis, index) => [axis < 0 ? axis + a : axis, right[index] ?? 0] as const)
      : Array.from({ length: count ?? 0 }, (_, index) => [a - (count ?? 0) + index, index] as const);
  if (!pairs && count === undefined) return use.opaque('The axes of this product are not known.', [use.x, other]);
  const first = Array.from(letters.slice(0, a));
  const second = Array.from(letters.slice(a, a + b));
  for (const [from, to] of contracted) second[to < 0 ? to + b : to] = first[from] ?? '';
  const summed = new Set(contracted.map(([from]) => first[from]));
  const kept = [...first, ...second].filter((letter) => !summed.has(letter));
  return use.add({ kind: 'einsum', equation: `${first.join('')},${second.join('')}->${kept.join('')}` }, [
    use.x,
    other,
  ]);
});

/** x₁ᵀ W x₂ + b */
const bilinear = function_(['input2', 'weight', 'bias'], (use) => {
  const [second, weight] = [use.args.value('input2'), use.args.value('weight')];
  const equation = plainEquation('...i,oij,...j->...o', [use.rank(), 3, use.rank(second)]);
  if (equation === undefined) return use.opaque('The axes of this product are not known.', [use.x, second, weight]);
  const both = use.add({ kind: 'einsum', equation }, [use.x, weight, second]);
  const bias = use.given('bias');
  return bias ? use.add({ kind: 'add' }, [both, bias]) : both;
});

/** The product of the lengths, none below epsilon, divides the sum of products. */
const cosineSimilarity = function_(['x2', 'dim', 'eps'], (use) => {
  const a = new Arithmetic(use.call);
  const axis = use.axis(1);
  const other = use.given('x2') ?? use.args.value('x2');
  if (axis === undefined) return use.opaque('The axis of this similarity is not known.', [use.x, other]);
  const unit = (x: Value): Value => {
    const length = use.add({ kind: 'reduce', how: 'norm', axes: [axis], keepDims: true }, [x]);
    const bounded = use.add({ kind: 'extremum', which: 'max' }, [length, float(use.settings.number('eps', 1e-8))]);
    return a.divide(x, bounded);
  };
  const both = a.multiply(unit(use.x), unit(other));
  return use.add({ kind: 'reduce', how: 'sum', axes: [axis], keepDims: false }, [both]);
});

const pairwiseDistance = function_(['x2', 'p', 'eps', 'keepdim'], (use) => {
  const a = new Arithmetic(use.call);
  if (use.settings.number('p', 2) !== 2) return use.opaque('This distance is not understood.');
  const apart = a.affine(a.subtract(use.x, use.args.value('x2')), 1, use.settings.number('eps', 1e-6));
  return use.add({ kind: 'reduce', how: 'norm', axes: [-1], keepDims: use.flag('keepdim', false) }, [apart]);
});

/** Euclidean distances of all rows to all rows. */
const cdist = function_(['x2', 'p'], (use) => {
  const a = new Arithmetic(use.call);
  const other = use.args.value('x2');
  if (use.settings.number('p', 2) !== 2) return use.opaque('This distance is not understood.', [use.x, other]);
  const apart = a.subtract(
    use.add({ kind: 'unsqueeze', axis: -2 }, [use.x]),
    use.add({ kind: 'unsqueeze', axis: -3 }, [other]),
  );
  return use.add({ kind: 'reduce', how: 'norm', axes: [-1], keepDims: false }, [apart]);
});

export const productFunctions: Readonly<Record<string, TensorFunction>> = {
  matmul: product,
  mm: product,
  bmm: product,
  mv: product,
  dot: product,
  vdot: product,
  inner: function_(['other'], (use) => {
    const rank = use.rank(use.args.value('other'));
    return rank === 1 ? product.apply(use) : use.opaque('This inner product is not understood.');
  }),
  outer,
  ger: outer,
  einsum: { parameters: [], apply: einsum },
  tensordot,
  addmm: added,
  addmv: added,
  baddbmm: added,
  bilinear,
  cosine_similarity: cosineSimilarity,
  pairwise_distance: pairwiseDistance,
  cdist,
};
