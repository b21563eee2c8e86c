import { broadcast, sameDim, type Activation, type Op } from '../../../network';
import type { BinaryOperator } from '../../python/syntax';
import { int, none, numberOf, type Value } from '../../python/values';
import type { Call } from '../../python/values';
import { shapeOfTensor } from '../queries';
import { makeTensor, parameterState, tensorState } from '../tensor';
import { asConstant, compute, scalarOf, traceOf, type Place } from './compute';
import { dropped } from './masks';
import { numberKindOf } from './numberKind';
import { weightProduct } from './weightProduct';

/** Building blocks of arithmetic on tensors; each wherever its tensors are. */
export class Arithmetic {
  constructor(private readonly place: Place) {}

  op(op: Op, ...inputs: readonly Value[]): Value {
    return compute(op, inputs, this.place);
  }

  affine(x: Value, factor: number, offset: number): Value {
    return factor === 1 && offset === 0 ? x : this.op({ kind: 'affine', factor, offset }, x);
  }

  activation(x: Value, activation: Activation): Value {
    return this.op({ kind: 'activation', activation }, x);
  }

  add(a: Value, b: Value): Value {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (y !== undefined) return this.affine(a, 1, y);
    return x !== undefined ? this.affine(b, 1, x) : this.op({ kind: 'add' }, a, b);
  }

  subtract(a: Value, b: Value): Value {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (y !== undefined) return this.affine(a, 1, -y);
    return x !== undefined ? this.affine(b, -1, x) : this.op({ kind: 'add' }, a, this.affine(b, -1, 0));
  }

  multiply(a: Value, b: Value): Value {
    const [x, y] = [scalarOf(a), scalarOf(b)];
    if (y !== undefined && tensorState(a)) return this.affine(a, y, 0);
    if (x !== undefined && tensorState(b)) return this.affine(b, x, 0);
    return (
      dropped(a, b, this.place) ??
      dropped(b, a, this.place) ??
      this.#scaled(a, b) ??
      this.#scaled(b, a) ??
      this.op({ kind: 'multiply' }, a, b)
    );
  }

  power(x: Value, exponent: number): Value {
    if (exponent === 1) return x;
    return this.activation(x, exponent === 2 ? { kind: 'square' } : { kind: 'power', exponent });
  }

  divide(a: Value, b: Value): Value {
    const y = scalarOf(b);
    if (y !== undefined && y !== 0) return this.affine(a, 1 / y, 0);
    return this.multiply(a, this.power(b, -1));
  }

  floor(x: Value): Value {
    return this.activation(x, { kind: 'floor' });
  }

  /** x · γ by a trained γ that fits the last axes of x as they are. */
  #scaled(x: Value, factor: Value): Value | undefined {
    const trace = traceOf(this.place);
    if (!trace || factor.type !== 'instance' || !parameterState(factor) || tensorState(x)?.kind !== 'node')
      return undefined;
    const path = trace.paths.parameters.get(factor);
    const call = { interpreter: this.place.interpreter };
    const [own, other] = [shapeOfTensor(x, call), shapeOfTensor(factor, call)];
    const together = own && other && broadcast(own, other);
    const fits = !own || (together?.length === own.length && together.every((size, at) => sameDim(size, own[at] ?? 0)));
    return path === undefined || !fits ? undefined : trace.add({ kind: 'scale', scale: path }, [x], this.place.site);
  }
}

type Operation = (arithmetic: Arithmetic, a: Value, b: Value, call: Call) => Value;

const bitwise =
  (operator: 'and' | 'or' | 'notEqual'): Operation =>
  (arithmetic, a, b, call) => {
    const kinds = [a, b].map((value) => numberKindOf(value, traceOf(call)));
    return kinds.includes('int') || kinds.includes('float')
      ? opaque('Bits of whole numbers are not understood.', [a, b], call)
      : arithmetic.op({ kind: 'compare', operator }, a, b);
  };

const operations: Readonly<Record<BinaryOperator, Operation>> = {
  '+': (arithmetic, a, b) => arithmetic.add(a, b),
  '-': (arithmetic, a, b) => arithmetic.subtract(a, b),
  '*': (arithmetic, a, b) => arithmetic.multiply(a, b),
  '/': (arithmetic, a, b) => arithmetic.divide(a, b),
  '//': (arithmetic, a, b) => arithmetic.floor(arithmetic.divide(a, b)),
  '%': (arithmetic, a, b) => arithmetic.subtract(a, arithmetic.multiply(b, arithmetic.floor(arithmetic.divide(a, b)))),
  '**': (arithmetic, a, b, call) => {
    const [base, exponent] = [scalarOf(a), scalarOf(b)];
    if (exponent !== undefined) return arithmetic.power(a, exponent);
    // aˣ = exp(x · ln a)
    if (base !== undefined && base > 0)
      return arithmetic.activation(arithmetic.affine(b, Math.log(base), 0), { kind: 'exp' });
    return opaque('A power whose exponent is a tensor is not understood.', [a, b], call);
  },
  '@': (arithmetic, a, b, call) => weightProduct(a, b, undefined, call) ?? arithmetic.op({ kind: 'matmul' }, a, b),
  '&': bitwise('and'),
  '|': bitwise('or'),
  '^': bitwise('notEqual'),
  '<<': (_arithmetic, a, b, call) => opaque('Shifted bits are not understood.', [a, b], call),
  '>>': (_arithmetic, a, b, call) => opaque('Shifted bits are not understood.', [a, b], call),
};

/** `left ∘ right` where one of them is a tensor. */
export function tensorArithmetic(operator: BinaryOperator, left: Value, right: Value, call: Call): Value {
  const output = [left, right].map(tensorState).find((state) => state?.kind === 'output');
  const trace = traceOf(call);
  if (output && !trace) return makeTensor(output, call.site);
  const stranger = [left, right].some((value) => !tensorState(value) && numberOf(value) === undefined);
  if (stranger && !trace)
    return call.interpreter.unknown(`a tensor ${operator} …`, 'is computed from something that is not known');
  return operations[operator](new Arithmetic(call), left, right, call);
}

/** Towards zero. */
export function truncated(a: Arithmetic, x: Value): Value {
  return a.multiply(a.activation(x, { kind: 'sign' }), a.floor(a.activation(x, { kind: 'abs' })));
}

/** -x */
export function negated(x: Value, call: Call): Value {
  return tensorArithmetic('*', x, int(-1), call);
}

function opaque(reason: string, inputs: readonly Value[], call: Call): Value {
  const trace = traceOf(call);
  if (trace) return trace.opaque(reason, inputs, call.site);
  return inputs.some((input) => asConstant(input)) ? call.interpreter.unknown('…', 'is not understood') : none;
}
