import type { BinaryOperator } from '../../python/syntax';
import { numberOf, type Call, type Value } from '../../python/values';
import { ConstantState, scaledDraw, shiftedDraw } from '../draw';
import { sessionOf } from '../session';
import { makeTensor, parameterState, tensorState } from '../tensor';
import type { Trace } from '../trace';

/** `left ∘ right` where one of them is a tensor. */
export function tensorArithmetic(operator: BinaryOperator, left: Value, right: Value, call: Call): Value {
  const { trace } = sessionOf(call.interpreter);
  const traced = [left, right].some((value) => tensorState(value)?.kind === 'node');
  if (trace && traced) return inForward(trace, operator, left, right, call);
  const symbol = `a tensor ${operator} …`;
  return (
    constants(operator, left, right, call) ??
    outputs(left, right, call) ??
    call.interpreter.unknown(symbol, 'is computed outside of the graph')
  );
}

function inForward(trace: Trace, operator: BinaryOperator, left: Value, right: Value, call: Call): Value {
  const { site } = call;
  const a = numberOf(left);
  const b = numberOf(right);
  const affine = (x: Value, factor: number, offset: number): Value =>
    trace.add({ kind: 'affine', factor, offset }, [x], site);
  switch (operator) {
    case '+':
      if (b !== undefined) return affine(left, 1, b);
      return a !== undefined ? affine(right, 1, a) : trace.add({ kind: 'add' }, [left, right], site);
    case '-':
      if (b !== undefined) return affine(left, 1, -b);
      if (a !== undefined) return affine(right, -1, a);
      return trace.add({ kind: 'add' }, [left, affine(right, -1, 0)], site);
    case '*': {
      if (b !== undefined) return affine(left, b, 0);
      if (a !== undefined) return affine(right, a, 0);
      return (
        scaled(trace, left, right, call) ??
        scaled(trace, right, left, call) ??
        trace.add({ kind: 'multiply' }, [left, right], site)
      );
    }
    case '/':
      return b
        ? affine(left, 1 / b, 0)
        : trace.opaque('A division by a tensor (or by an unknown number) is not understood yet.', [left, right], site);
    case '**':
      return b === 2
        ? trace.add({ kind: 'activation', activation: { kind: 'square' } }, [left], site)
        : trace.opaque('This power of a tensor is not understood yet.', [left, right], site);
    default:
      return trace.opaque(`\`${operator}\` of tensors is not understood yet.`, [left, right], site);
  }
}

/** x · γ with a trained γ. */
function scaled(trace: Trace, x: Value, factor: Value, call: Call): Value | undefined {
  if (!parameterState(factor) || factor.type !== 'instance' || tensorState(x)?.kind !== 'node') return undefined;
  const path = trace.paths.parameters.get(factor);
  return path === undefined ? undefined : trace.add({ kind: 'scale', scale: path }, [x], call.site);
}

/** Arithmetic of a tensor that was just made (`torch.randn(…) * 0.02`) with a number keeps what it is drawn from. */
function constants(operator: BinaryOperator, left: Value, right: Value, call: Call): Value | undefined {
  const [tensor, other, tensorFirst] =
    tensorState(left)?.kind === 'constant' ? [left, right, true] : [right, left, false];
  const state = tensorState(tensor);
  if (state?.kind !== 'constant') return undefined;
  const number = numberOf(other);
  const remade = (draw: typeof state.draw): Value => makeTensor(new ConstantState(state.shape, draw), call.site);
  if (number !== undefined) {
    if (operator === '*') return remade(scaledDraw(state.draw, number));
    if (operator === '/' && tensorFirst && number !== 0) return remade(scaledDraw(state.draw, 1 / number));
    if (operator === '+') return remade(shiftedDraw(state.draw, number));
    if (operator === '-')
      return remade(tensorFirst ? shiftedDraw(state.draw, -number) : shiftedDraw(scaledDraw(state.draw, -1), number));
  }
  const elementwise = number !== undefined || other.type === 'unknown';
  return makeTensor(
    new ConstantState(elementwise ? state.shape : undefined, {
      kind: 'unknown',
      reason: `the result of \`${call.site.source.slice(call.site).slice(0, 60)}\``,
    }),
    call.site,
  );
}

function outputs(left: Value, right: Value, call: Call): Value | undefined {
  for (const value of [left, right]) {
    const state = tensorState(value);
    if (state?.kind === 'output') return makeTensor(state, call.site);
  }
  return undefined;
}
