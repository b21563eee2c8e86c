import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Activation, Distribution } from '../../../src/network';
import { chiAt, fixedPoint, lengthMap, propagate, type DenseStack } from '../../../src/theory';
import { gelu, hardtanh } from '../moments/expect';
import { mlp, scaled, zero } from './build';

/**
 * methods.md B0.4, golden 4 and 5: nine initialisers times sixteen activations. Of each: q of the 21st pre-activation of a stack on inputs of second
 * moment 1, log₁₀ of the squared gradient's gain over 20 layers, and what 4000 iterations of the length map from q = 1 come to: q, χ there, −1/ln χ.
 */
type Row = readonly [q20: number, log10Gain: number, q: number | null, chi: number | null, scale: number | null];
const reference = JSON.parse(readFileSync(join(__dirname, 'stacks.json'), 'utf8')) as Record<
  string,
  Record<string, Row>
>;

const truncated = 0.7737413035499232;
const initialisers: Readonly<Record<string, readonly [weight: number, bias: number]>> = {
  torch: [1 / 3, 1 / 768],
  LeCun: [1, 0],
  'tfjs Glorot': [truncated, 0],
  He: [2, 0],
  'tfjs He': [2 * truncated, 0],
  'Xavier 5/3': [25 / 9, 0],
  'He, torch bias': [2, 1 / 768],
  'N(0, 0.02)': [768 * 4e-4, 0],
  'N(0, 1)': [256, 0],
};
const shaped: Readonly<Record<string, Activation>> = {
  'leaky0.01': { kind: 'leakyRelu', slope: 0.01 },
  'leaky0.2': { kind: 'leakyRelu', slope: 0.2 },
  gelu,
  elu: { kind: 'elu', alpha: 1 },
  softplus: { kind: 'softplus', beta: 1 },
  hardtanh,
};

/** At q = 10⁴⁴ the reference's quadrature did not resolve smooth bends: of GELU, in closed form here, its gain is 4e-5 off. */
const tolerance = (name: string): number => (name === 'N(0, 1)' ? 5e-5 : 1e-8);

function close(actual: number, expected: number, relative: number, what: string): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= relative * Math.max(Math.abs(expected), 1e-14), `${what}: ${actual} is not ${expected}`);
}

/** As the reference iterated: until the change is below 1e-14, and what has grown beyond 1e8 counts as unbounded. */
function iterated(stack: DenseStack): number | undefined {
  let [q, before] = [1, Infinity];
  for (let layer = 0; layer < 4000 && Math.abs(q - before) > 1e-14; layer += 1) {
    [q, before] = [lengthMap(stack, q), q];
    if (q > 1e8) return undefined;
  }
  return q;
}

describe('stacks on the defaults of frameworks (methods B0.4, golden 4 and 5)', () => {
  for (const [name, rows] of Object.entries(reference))
    it(`${name}, ${Object.keys(rows).length} activations`, () => {
      const [weightVariance = NaN, biasVariance = NaN] = initialisers[name] ?? [];
      const bias: Distribution = biasVariance > 0 ? { kind: 'normal', mean: 0, std: Math.sqrt(biasVariance) } : zero;
      for (const [kind, [q20, log10Gain, q, chi, scale]] of Object.entries(rows)) {
        const activation = shaped[kind] ?? ({ kind } as Activation);
        const { depth, layers } = propagate(mlp(21, 256, activation, scaled(weightVariance), bias));
        const digits = tolerance(name);
        close(layers[20]?.secondMoment ?? NaN, q20, digits, `${kind}: q`);
        const gain = (depth?.logGain ?? NaN) / Math.LN10;
        assert.ok(Math.abs(gain - log10Gain) <= digits, `${kind}: gain ${gain} is not ${log10Gain}`);
        const stack = { activation, weightVariance, biasVariance };
        const last = iterated(stack);
        if (q === null || chi === null) {
          assert.equal(last, undefined, kind);
          assert.equal(fixedPoint(stack), Infinity, kind);
          continue;
        }
        // What fell below its 1e-14 the reference told as it was, or as 0.
        if (q > 1e-13) close(last ?? NaN, q, 1e-8, `${kind}: q*`);
        // The reference took 1e-12 for what it told as 0.
        const at = chiAt(stack, q > 0 ? q : 1e-12);
        close(at, chi, 1e-8, `${kind}: χ`);
        if (scale !== null && chi !== 1) close(-1 / Math.log(at), scale, 1e-4, `${kind}: ξ`);
      }
    });
});
