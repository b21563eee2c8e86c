import type { OpKind, OpOf } from '../network';
import { derivativeCovariance } from '../network/moments';
import { isConcentrated } from './activations';
import { attentionOf, ownMoment } from './attention';
import { isUnitAxis } from './axes';
import type { Surroundings } from './forward';
import { einsumContraction, matmulContraction, type Contraction } from './product';
import { correlationOf } from './state';

/**
 * What gradients at different positions have in common (methods.md B0.9: the covariance across tokens). Of G = E‖g‖², over all positions, and
 * U = E‖Σₚ gₚ‖², of their sum, an operation hands back
 *
 *     G' = factor·G + mixing·(U − G)    U' = whole·G + shared·U
 *
 * An average over positions hands the same to all of them, so that the next one back sums what is alike.
 */
export interface SharedTransfer {
  readonly mixing: number;
  readonly whole: number;
  readonly shared: number;
}

/** `factor` is that of G, of {@link backward}. Position by position, what all positions share is treated as each is. */
export function sharedTransfer(index: number, factor: number, around: Surroundings): SharedTransfer {
  const { op } = around.node;
  const entry = table[op.kind] as
    ((op: unknown, index: number, factor: number, around: Surroundings) => SharedTransfer) | undefined;
  return entry ? entry(op, index, factor, around) : { mixing: 0, whole: 0, shared: factor };
}

/** Of what two positions are multiplied by, `own` is its second moment and `common` the product of two positions'. */
const weighed = (own: number, common: number): SharedTransfer => ({ mixing: 0, whole: own - common, shared: common });

type Transfers = {
  readonly [K in OpKind]?: (op: OpOf<K>, index: number, factor: number, around: Surroundings) => SharedTransfer;
};

const table: Transfers = {
  activation: ({ activation }, _index, factor, { states: [x] }) => {
    if (!x || isConcentrated(x) || factor === 0) return weighed(factor, factor);
    const common = derivativeCovariance(activation, x.secondMoment, correlationOf(x), x.mean);
    return Number.isFinite(common) ? weighed(factor, common) : weighed(factor, factor);
  },
  dropout: ({ rate }, _index, factor) => weighed(factor, Math.min(factor, factor * (1 - rate))),
  multiply: (_op, index, factor, { states }) => {
    const others = states.filter((_, other) => other !== index);
    return weighed(
      factor,
      others.reduce((product, state) => product * (state?.crossMoment ?? 0), 1),
    );
  },
  /** A sum over the axis of positions hands every one of them the whole of it. */
  reduce: (op, _index, factor, { states: [x], shapes: [shape] }) => {
    const overPositions = x !== undefined && shape !== undefined && op.axes.some((axis) => !isUnitAxis(x, axis, shape));
    if (!overPositions) return weighed(factor, factor);
    // Of a mean over K, G falls by 1/K and the sum over positions is what came in; of a sum it is K² of that.
    if (op.how === 'mean') return { mixing: 0, whole: 0, shared: 1 };
    return { mixing: 0, whole: 0, shared: op.how === 'sum' ? factor * factor : factor };
  },
  pool: ({ reduce }, _index, factor) => ({ mixing: 0, whole: 0, shared: reduce === 'max' ? factor : 1 }),
  adaptivePool: ({ reduce }, _index, factor) => ({ mixing: 0, whole: 0, shared: reduce === 'max' ? factor : 1 }),
  attention: (op, index, factor, { states, shapes, assumptions }) => {
    const attention = attentionOf(op, states, shapes, assumptions);
    const [query, , values] = states;
    if (!attention || !query || !values || index > 2) return weighed(factor, factor);
    const { weights, scale, features } = attention;
    // Rows of weights sum to one: what all values get together is what all queries gave.
    if (index === 2) return { mixing: weights.shared, whole: 0, shared: 1 };
    if (index === 0) return { mixing: 0, whole: factor, shared: 0 };
    // The gradients of a row of scores sum to zero, and so do those of the keys.
    const common = weights.shared * ownMoment(values) * scale ** 2 * features * Math.max(0, query.crossMoment);
    return { mixing: common, whole: 0, shared: 0 };
  },
  matmul: (_op, index, factor, around) => contracted(matmulContraction(around, around.node.shape), index, factor),
  einsum: ({ equation }, index, factor, around) => contracted(einsumContraction(equation, around), index, factor),
};

/** As of attention, written out: averages of values, and scores of queries and keys. */
function contracted(product: Contraction | undefined, index: number, factor: number): SharedTransfer {
  if (!product || product.fixed.left !== product.fixed.right) return weighed(factor, factor);
  const { left, right, overUnits } = product;
  const other = index === 0 ? right : left;
  if (other.averaging && !overUnits) return { mixing: other.averaging.shared, whole: 0, shared: 1 };
  return { mixing: 0, whole: factor, shared: 0 };
}
