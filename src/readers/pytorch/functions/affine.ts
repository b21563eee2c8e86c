import type { Value } from '../../python/values';
import { parameterState } from '../tensor';
import { Arithmetic } from './arithmetic';
import type { FunctionUse } from './define';

/** The scale and the shift of a norm: where both are parameters of the model they belong to its operation. */
export interface AffineFields {
  readonly fields: { readonly scale?: string; readonly shift?: string };
  /** What is computed is applied behind the norm: along axis 1, or along the last axes. */
  readonly finish: (normalised: Value) => Value;
}

export function affineOf(use: FunctionUse, along: 'channels' | 'last'): AffineFields {
  const [weight, bias] = [use.given('weight'), use.given('bias')];
  const [scale, shift] = [use.parameterPath('weight'), use.parameterPath('bias')];
  const plain = (value: Value | undefined, path: string | undefined): boolean => !value || path !== undefined;
  if (plain(weight, scale) && plain(bias, shift))
    return {
      fields: { ...(scale === undefined ? {} : { scale }), ...(shift === undefined ? {} : { shift }) },
      finish: (normalised) => normalised,
    };
  const arithmetic = new Arithmetic(use.call);
  const rank = use.rank();
  const wide = (value: Value): Value =>
    along === 'channels' && rank !== undefined && rank > 2
      ? arithmetic.op({ kind: 'reshape', shape: [-1, ...Array.from({ length: rank - 2 }, () => 1)] }, value)
      : value;
  return {
    fields: {},
    finish: (normalised) => {
      const scaled = weight ? arithmetic.multiply(normalised, wide(weight)) : normalised;
      return bias ? arithmetic.add(scaled, wide(bias)) : scaled;
    },
  };
}

/** A parameter that a function uses as a weight has the roles of one: its first axis counts the outputs. */
export function asWeight(value: Value | undefined, kernel: number): void {
  const state = parameterState(value);
  if (!state || state.axes.includes('in') || state.shape.length !== kernel + 2) return;
  state.axes = ['out', 'in', ...Array.from({ length: kernel }, () => 'kernel' as const)];
}
