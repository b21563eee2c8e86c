import { inferShape, type Op, type Shape } from '../../../network';
import type { Interpreter } from '../../python/interpreter';
import { numberOf, type InstanceValue, type Value } from '../../python/values';
import type { Site } from '../../text/source';
import { computeConstant, knownSizes, numbersOf, unknownContent, type Constant } from '../constants/content';
import { constantOf } from '../constants/state';
import { ConstantState, scaledDraw, shiftedDraw, sourceOrigin, unknownDraw, type Draw, type NumberKind } from '../draw';
import { sessionOf } from '../session';
import { makeTensor, tensorState, type TensorState, type TensorView } from '../tensor';
import { drawOfView, viewOf } from '../views';
import type { Trace } from '../trace';
import { numberKindOf, resultKind } from './numberKind';

/** Where something is computed. */
export interface Place {
  readonly interpreter: Interpreter;
  readonly site: Site;
}

/** Elements of constants that are computed for one step of the budget. */
const elementsAStep = 500;

/**
 * An operation on tensors, wherever they are: what is known is computed, what a model's `forward` computes from its inputs and parameters
 * becomes a node of its graph, and outside of a `forward` what is computed from a model's output stays marked as that.
 */
export function compute(op: Op, inputs: readonly Value[], { interpreter, site }: Place): Value {
  const { trace } = sessionOf(interpreter);
  const states = inputs.map(tensorState);
  const kinds = inputs.map((input) => numberKindOf(input, trace));
  const numbers = resultKind(op, kinds);
  const constants = inputs.map(asConstant);
  const known = constants.filter((constant) => constant !== undefined);
  if (known.length === inputs.length) {
    const folded = fold(op, known, numbers, interpreter);
    if (!trace || isKnownContent(folded)) {
      folded.origin = sourceOrigin(site);
      return makeTensor(folded, site);
    }
  }
  if (trace) return trace.add(op, inputs, site, undefined, numbers);
  const output = states.find((state) => state?.kind === 'output');
  if (output) return makeTensor(output, site);
  if (inputs.some((input) => input.type === 'unknown' || tensorState(input) === undefined))
    return interpreter.unknown(`${op.kind} of a tensor`, 'is computed from something that is not known');
  return makeTensor(madeOfParameters(op, states, numbers), site);
}

/** A constant as it stands: a tensor (or what is shown of one), or a number. */
export function asConstant(value: Value): ConstantState | undefined {
  const state = tensorState(value);
  if (state) return state.kind === 'constant' ? state : state.kind === 'view' ? shown(state) : undefined;
  const number = numberOf(value);
  if (number === undefined) return undefined;
  const numbers = value.type === 'bool' ? 'bool' : value.type === 'int' ? 'int' : 'float';
  return new ConstantState([], { kind: 'constant', value: number }, undefined, undefined, numbers);
}

/** What a view shows, as long as the tensor has not been changed. */
function shown(view: TensorView): ConstantState | undefined {
  const { of, own, basis } = view;
  if (of.kind === 'parameter') return undefined;
  if (own && of.draw === basis?.draw && of.content === basis.content) return own;
  return new ConstantState(view.shape, drawOfView(view), of.origin, undefined, of.numbers);
}

/** The number that a tensor without axes is, where it is known. */
export function scalarOf(value: Value | undefined): number | undefined {
  const number = numberOf(value);
  if (number !== undefined || !value) return number;
  const state = asConstant(value);
  const array = state?.shape?.length === 0 ? numbersOf(constantOf(state)) : undefined;
  return array?.values[0];
}

function isKnownContent({ shape, content }: ConstantState): boolean {
  if (!content || content.kind === 'unknown') return false;
  return content.kind !== 'computed' || numbersOf({ shape, content }) !== undefined;
}

function fold(op: Op, inputs: readonly ConstantState[], numbers: NumberKind, interpreter: Interpreter): ConstantState {
  const { shape, content } = computeConstant(op, inputs.map(constantOf), (elements) =>
    interpreter.budget.spend(Math.ceil(elements / elementsAStep)),
  );
  const draw: Draw = content.kind === 'fill' ? { kind: 'constant', value: content.value } : drawOfResult(op, inputs);
  return new ConstantState(shape, draw, undefined, content, numbers);
}

/** Moving elements that are all drawn in one way changes nothing about the draw; a number scales or moves it. */
function drawOfResult(op: Op, inputs: readonly ConstantState[]): Draw {
  const [first, second] = inputs;
  const unknown: Draw = { kind: 'unknown', reason: `it is computed (${op.kind})` };
  if (!first) return unknown;
  switch (op.kind) {
    case 'affine':
      return shiftedDraw(scaledDraw(first.draw, op.factor), op.offset);
    case 'identity':
    case 'stopGradient':
      return first.draw;
    case 'reshape':
    case 'flatten':
    case 'permute':
    case 'squeeze':
    case 'unsqueeze':
    case 'slice':
    case 'flip':
    case 'roll':
      return isAlike(first.draw) ? first.draw : unknown;
    case 'concat':
      return isAlike(first.draw) && second && inputs.every(({ draw }) => sameNumbers(draw, first.draw))
        ? first.draw
        : unknown;
    default:
      return unknown;
  }
}

/** Whether every element is drawn from the same distribution, whatever the shape. */
function isAlike({ kind }: Draw): boolean {
  return kind === 'constant' || kind === 'uniform' || kind === 'normal' || kind === 'truncatedNormal';
}

function sameNumbers(a: Draw, b: Draw): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What is computed from parameters outside of a `forward` has a shape, and numbers that are not known. */
function madeOfParameters(op: Op, states: readonly (TensorState | undefined)[], numbers: NumberKind): TensorState {
  const shapes = states.map((state): Shape | undefined => viewOf(state)?.shape);
  const result = inferShape(op, shapes);
  const reason = 'it is computed from a parameter';
  const shape = result.kind === 'shape' ? result.shape : undefined;
  return new ConstantState(shape, unknownDraw(reason), undefined, unknownContent(reason), numbers);
}

/** A constant of known shape or not, of this content. */
export function makeConstant(constant: Constant, numbers: NumberKind, site: Site): InstanceValue {
  const { shape, content } = constant;
  const draw: Draw =
    content.kind === 'fill'
      ? { kind: 'constant', value: content.value }
      : { kind: 'unknown', reason: content.kind === 'unknown' ? content.reason : 'it is set number by number' };
  return makeTensor(new ConstantState(shape, draw, sourceOrigin(site), content, numbers), site);
}

/** Whether a tensor's numbers are known and few enough to be listed. */
export function arrayOf(value: Value): ReturnType<typeof numbersOf> {
  const state = asConstant(value);
  return state && knownSizes(state.shape) ? numbersOf(constantOf(state)) : undefined;
}

/** The graph that a tensor stands in, if one is being traced. */
export function traceOf({ interpreter }: Place): Trace | undefined {
  return sessionOf(interpreter).trace;
}
