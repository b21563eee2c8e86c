import assert from 'node:assert/strict';
import type { Activation } from '../../../src/network';

export const gelu: Activation = { kind: 'gelu', approximate: 'none' };
export const geluTanh: Activation = { kind: 'gelu', approximate: 'tanh' };
export const hardtanh: Activation = { kind: 'hardtanh', low: -1, high: 1 };

/** |actual − expected| ≤ tolerance. */
export function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected} to ${tolerance}`,
  );
}
