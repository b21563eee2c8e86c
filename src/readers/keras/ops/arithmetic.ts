import { sameDim, type Shape } from '../../../network';
import type { BinaryOperator } from '../../python/syntax';
import { numberOf, type Call, type Value } from '../../python/values';
import { Recording } from '../recording';
import { shapeOf, symbolic, variableState } from '../tensor';

/** `left ∘ right` where one of them is a tensor or a variable. */
export function tensorArithmetic(
  operator: BinaryOperator,
  left: Value,
  right: Value,
  call: Call,
  recording = new Recording(call, false),
): Value {
  const [a, b] = [numberOf(left), numberOf(right)];
  const affine = (x: Value, factor: number, offset: number): Value =>
    recording.pointwise({ kind: 'affine', factor, offset }, x);
  const power = (x: Value, exponent: number): Value =>
    recording.pointwise({ kind: 'activation', activation: { kind: 'power', exponent } }, x);
  switch (operator) {
    case '+':
      if (b !== undefined) return affine(left, 1, b);
      if (a !== undefined) return affine(right, 1, a);
      return (
        biased(left, right, recording) ??
        biased(right, left, recording) ??
        recording.joined({ kind: 'add' }, [left, right])
      );
    case '-':
      if (b !== undefined) return affine(left, 1, -b);
      if (a !== undefined) return affine(right, -1, a);
      return recording.joined({ kind: 'add' }, [left, affine(right, -1, 0)]);
    case '*':
      if (b !== undefined) return affine(left, b, 0);
      if (a !== undefined) return affine(right, a, 0);
      return (
        scaled(left, right, recording) ??
        scaled(right, left, recording) ??
        recording.joined({ kind: 'multiply' }, [left, right])
      );
    case '/':
      if (b !== undefined && b !== 0) return affine(left, 1 / b, 0);
      if (a !== undefined) return affine(power(right, -1), a, 0);
      return recording.joined({ kind: 'multiply' }, [left, power(right, -1)]);
    case '**':
      if (b === 2) return recording.pointwise({ kind: 'activation', activation: { kind: 'square' } }, left);
      return b === undefined
        ? recording.opaque('This power of a tensor is not understood.', [left, right])
        : power(left, b);
    case '@':
      return product(left, right, recording);
    default:
      return recording.opaque(`\`${operator}\` of tensors is not understood.`, [left, right]);
  }
}

/** x W of a trained matrix W: a linear layer. */
function product(left: Value, right: Value, recording: Recording): Value {
  const weight = variableState(right);
  const [inFeatures, outFeatures] = weight?.shape ?? [];
  if (
    symbolic(left) &&
    weight?.trained &&
    weight.shape.length === 2 &&
    inFeatures !== undefined &&
    outFeatures !== undefined
  ) {
    weight.axes = ['in', 'out'];
    return recording.add({ kind: 'linear', inFeatures, outFeatures, weight: weight.key }, [recording.natural(left)]);
  }
  return recording.add({ kind: 'matmul' }, [recording.natural(left), recording.natural(right)]);
}

/** x W + b: the bias of the linear layer that x W is. */
function biased(x: Value, bias: Value, recording: Recording): Value | undefined {
  const variable = variableState(bias);
  const tensor = symbolic(x);
  if (!variable?.trained || tensor?.step.op.kind !== 'linear' || tensor.step.op.bias !== undefined) return undefined;
  const { op, inputs } = tensor.step;
  const [size, ...more] = variable.shape;
  if (more.length > 0 || size === undefined || !sameDim(size, op.outFeatures)) return undefined;
  variable.axes = ['out'];
  variable.role = 'bias';
  return recording.add({ ...op, bias: variable.key }, inputs);
}

/** x · γ of a trained γ that is broadcast against the last axes. */
function scaled(x: Value, factor: Value, recording: Recording): Value | undefined {
  const variable = variableState(factor);
  const shape = shapeOf(x);
  if (!variable?.trained || !symbolic(x) || !shape || !broadcastsToLast(variable.shape, shape)) return undefined;
  return recording.add({ kind: 'scale', scale: variable.key }, [recording.natural(x)]);
}

function broadcastsToLast(factor: Shape, shape: Shape): boolean {
  return (
    factor.length < shape.length &&
    factor.every((size, at) => size === 1 || sameDim(size, shape.at(at - factor.length) ?? 0))
  );
}
