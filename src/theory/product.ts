import { isKnown, type Dim, type NodeId, type Shape } from '../network';
import { usual, type Assumptions } from './assumptions';
import { averagedValues, ownMoment } from './attention';
import { isUnitAxis, unitAxesOf } from './axes';
import { SourceSet } from './sourceSet';
import type { State } from './state';

/** A product of tensors that is summed over one or more axes: matmul, einsum. */
export interface Contraction {
  readonly left: State;
  readonly right: State;
  /** Whether the same numbers meet every input: weights, tables. */
  readonly fixed: { readonly left: boolean; readonly right: boolean };
  /** How many products one element is a sum of. */
  readonly count: number;
  /** Whether the sum runs over units, which are independent, or over positions, which are as correlated as two inputs. */
  readonly overUnits: boolean;
  readonly unitAxes: readonly number[] | undefined;
}

/**
 * Σₖ lᵢₖ rₖⱼ of independent factors. A fixed matrix whose elements are drawn with zero mean is a dense layer's weight (methods.md
 * B0.2): its result is new randomness. Two tensors of the input make scores; weights that sum to one make averages. Undefined where the
 * factors share their randomness.
 */
export function contracted(contraction: Contraction, node: NodeId): State | undefined {
  const { left, right, fixed, count, overUnits, unitAxes } = contraction;
  if (left.sources.overlaps(right.sources)) return undefined;
  const sources = SourceSet.union([left.sources, right.sources]);
  if (fixed.left !== fixed.right && !(fixed.left ? left : right).sources.isEmpty) {
    const [weight, x] = fixed.left ? [left, right] : [right, left];
    if (weight.mean !== 0) return undefined;
    const gain = count * weight.secondMoment;
    return {
      secondMoment: gain * x.secondMoment,
      mean: 0,
      crossMoment: gain * x.crossMoment,
      unitAxes,
      sources: SourceSet.of(node),
    };
  }
  if (left.averaging) return { ...averagedValues(left.averaging, right, overUnits), unitAxes, sources };
  if (right.averaging) return { ...averagedValues(right.averaging, left, overUnits), unitAxes, sources };
  const pairs = count * (count - 1);
  const meanProduct = left.mean ** 2 * right.mean ** 2;
  // Two terms of one sum, at one element; of two elements of one row; of two inputs.
  const mixed = overUnits ? meanProduct : left.crossMoment * right.crossMoment;
  const row = overUnits ? right.crossMoment : right.mean ** 2;
  const rowMixed = overUnits ? meanProduct : left.crossMoment * right.mean ** 2;
  return {
    secondMoment: count * left.secondMoment * right.secondMoment + pairs * mixed,
    mean: count * left.mean * right.mean,
    crossMoment: count * left.crossMoment * right.crossMoment + pairs * mixed,
    rowMoment: count * left.secondMoment * row + pairs * rowMixed,
    unitAxes,
    sources,
  };
}

/**
 * The factor of the squared gradient to one side, of gradients that are independent from element to element: what the other side
 * brings to each of the products. Through a softmax on the way back the gradients of a row of scores sum to zero, so that only what
 * keys do not share counts, and likewise of values behind weights that sum to one.
 */
export function contractedGradient(
  { left, right, count, overUnits }: Contraction,
  side: 'left' | 'right',
  towardsSoftmax: boolean,
): number {
  const [own, other] = side === 'left' ? [left, right] : [right, left];
  if (own.averaging) return count * (overUnits ? other.secondMoment - other.mean ** 2 : ownMoment(other));
  if (other.averaging) return other.averaging.own;
  return count * (towardsSoftmax && overUnits && side === 'left' ? ownMoment(other) : other.secondMoment);
}

/** What the operands of a product are, one of each. */
export interface Operands {
  readonly states: readonly (State | undefined)[];
  readonly shapes: readonly (Shape | undefined)[];
  readonly fixed: readonly boolean[];
  readonly assumptions: Assumptions;
}

/** `matmul` of two tensors: the last axis of the left meets the last but one of the right. */
export function matmulContraction(operands: Operands, output: Shape | undefined): Contraction | undefined {
  const sides = sidesOf(operands);
  if (!sides || !output) return undefined;
  const { left, right, leftShape, rightShape, fixed } = sides;
  if (leftShape.length === 0 || rightShape.length === 0) return undefined;
  const summed = rightShape.length === 1 ? -1 : -2;
  // Axes are counted from the back of the result, where a vector has none.
  const [rows, columns] = [leftShape.length === 1 ? 0 : 1, rightShape.length === 1 ? 0 : 1];
  const units = new Set([
    ...fromBack(left, leftShape).flatMap((axis) => (axis < -1 ? [axis + 1 - columns] : [])),
    ...fromBack(right, rightShape).flatMap((axis) => (axis === summed ? [] : axis < -2 ? [axis + 1 - rows] : [axis])),
  ]);
  return {
    left,
    right,
    fixed,
    count: countOf([[leftShape.at(-1), rightShape.at(summed)]], operands),
    overUnits: valuesAreRight(left, fixed) ? isUnitAxis(right, summed, rightShape) : isUnitAxis(left, -1, leftShape),
    unitAxes: [...units].map((axis) => axis + output.length).sort((a, b) => a - b),
  };
}

/** `einsum` of two tensors in which every letter stands once. Undefined for other equations. */
export function einsumContraction(equation: string, operands: Operands): Contraction | undefined {
  const [before = '', result = ''] = equation.split('->');
  const [a = '', b = '', ...others] = before.split(',');
  const sides = sidesOf(operands);
  if (!sides || others.length > 0 || b === '') return undefined;
  const { left, right, leftShape, rightShape, fixed } = sides;
  if (new Set(a).size !== leftShape.length || new Set(b).size !== rightShape.length) return undefined;
  const summed = Array.from(a).filter((letter) => b.includes(letter) && !result.includes(letter));
  // What stands on one side only and not in the result would be summed there first.
  if (Array.from(a + b).some((letter) => !result.includes(letter) && !summed.includes(letter))) return undefined;
  const leftUnits = unitAxesOf(left, leftShape).map((axis) => a[axis]);
  const rightUnits = unitAxesOf(right, rightShape).map((axis) => b[axis]);
  const values = valuesAreRight(left, fixed) ? rightUnits : leftUnits;
  const contraction: Contraction = {
    left,
    right,
    fixed,
    count: countOf(
      summed.map((letter) => [leftShape[a.indexOf(letter)], rightShape[b.indexOf(letter)]]),
      operands,
    ),
    overUnits: summed.every((letter) => values.includes(letter)),
    unitAxes: Array.from(result).flatMap((letter, axis) =>
      leftUnits.includes(letter) || rightUnits.includes(letter) ? [axis] : [],
    ),
  };
  return contraction;
}

function sidesOf({ states, shapes, fixed }: Operands) {
  const [left, right] = states;
  const [leftShape, rightShape] = shapes;
  if (!left || !right || !leftShape || !rightShape) return undefined;
  return { left, right, leftShape, rightShape, fixed: { left: fixed[0] ?? false, right: fixed[1] ?? false } };
}

/** Whether the left are weights, of whatever kind, and the right is what they are of. */
const valuesAreRight = (left: State, fixed: Contraction['fixed']): boolean =>
  left.averaging !== undefined || fixed.left;

const fromBack = (state: State, shape: Shape): readonly number[] =>
  unitAxesOf(state, shape).map((axis) => axis - shape.length);

/** The product of the sizes of the axes that are summed over, each told by one of two tensors. */
function countOf(axes: readonly (readonly (Dim | undefined)[])[], { assumptions }: Operands): number {
  return axes.reduce((count, sizes) => count * assumptions.sizeOf(sizes.find(isKnown), usual.keys), 1);
}
