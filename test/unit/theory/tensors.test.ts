import assert from 'node:assert/strict';
import { weightLayers } from '../../../src/network';
import { propagate } from '../../../src/theory';
import { near } from '../moments/expect';
import { Draft, scaled } from './build';
import { Random } from './random';

describe('gates', () => {
  it('of two layers of one input multiply as independent factors (GLU family of B0.1)', () => {
    for (const [activation, expected] of [
      [{ kind: 'sigmoid' }, 0.293379],
      [{ kind: 'relu' }, 0.5],
      [{ kind: 'silu' }, 0.355776],
      [{ kind: 'gelu', approximate: 'none' }, 0.425221],
    ] as const) {
      const draft = new Draft();
      const x = draft.input(64);
      const gate = draft.act(draft.linear(x, 64, 64, scaled(1), 'none'), activation);
      const y = draft.op({ kind: 'multiply' }, gate, draft.linear(x, 64, 64, scaled(1), 'none'));
      near(propagate(draft.build(y)).signals[y]?.secondMoment, expected, 1e-6);
    }
  });

  it('of the halves of one layer too', () => {
    const draft = new Draft();
    const x = draft.linear(draft.input(64), 64, 128, scaled(1), 'none');
    const [a, b] = [0, 64].map((start) => draft.op({ kind: 'slice', axis: 1, start, end: start + 64, step: 1 }, x)) as [
      number,
      number,
    ];
    const y = draft.op({ kind: 'multiply' }, draft.act(a, { kind: 'sigmoid' }), b);
    near(propagate(draft.build(y)).signals[y]?.secondMoment, 0.293379, 1e-6);
  });

  it('are not guessed where a tensor gates itself', () => {
    const draft = new Draft();
    const x = draft.linear(draft.input(64), 64, 64, scaled(1), 'none');
    const y = draft.op({ kind: 'multiply' }, x, draft.act(x, { kind: 'sigmoid' }));
    assert.equal(propagate(draft.build(y)).signals[y], undefined);
  });
});

describe('the larger of two tensors', () => {
  it('has the moments of simulated ones, and what two inputs share', () => {
    const draft = new Draft();
    const x = draft.input(64);
    const [a, b] = [1, 2].map((gain) => draft.linear(x, 64, 64, scaled(gain), 'none')) as [number, number];
    const y = draft.op({ kind: 'extremum', which: 'max' }, a, b);
    const { signals } = propagate(draft.build(y), { correlation: 0.5 });
    const random = new Random(5);
    let [square, cross] = [0, 0];
    const draws = 60_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const pair = (gain: number): readonly [number, number] => {
        const shared = random.normal();
        const one = (): number => Math.sqrt(gain / 2) * (shared + random.normal());
        return [one(), one()];
      };
      const [[a1, a2], [b1, b2]] = [pair(1), pair(2)];
      const [first, second] = [Math.max(a1, b1), Math.max(a2, b2)];
      square += first * first;
      cross += first * second;
    }
    near(signals[y]?.secondMoment, square / draws, 0.03);
    near((signals[y]?.correlation ?? NaN) * (signals[y]?.secondMoment ?? NaN), cross / draws, 0.03);
  });
});

describe('what changes size', () => {
  it('interpolation to the double leaves (5/8)² of independent pixels, forward and back', () => {
    const draft = new Draft();
    const x = draft.input(4, 64, 64);
    const target = { kind: 'scale', factors: [2, 2] } as const;
    const y = draft.op({ kind: 'upsample', mode: 'linear', target, alignCorners: false }, x);
    const { signals } = propagate(draft.build(y));
    // Two of 128 places at each border copy their pixel.
    near(signals[y]?.secondMoment, (5 / 8) ** 2, 0.01);
    near(signals[x]?.gradient, (5 / 8) ** 2, 0.01);
  });

  it('zero padding thins by the share of zeros', () => {
    const draft = new Draft();
    const x = draft.input(4, 8, 8);
    const pads = [[1, 1] as const, [1, 1] as const];
    const y = draft.op({ kind: 'pad', pads, mode: 'constant', value: 0 }, x);
    near(propagate(draft.build(y)).signals[y]?.secondMoment, 64 / 100, 1e-12);
  });
});

describe('weight layers', () => {
  it('are also products with a matrix of parameters', () => {
    const draft = new Draft();
    const x = draft.input(8);
    const matrix = draft.op({ kind: 'parameter', parameter: 'w', shape: [8, 8] });
    const y = draft.op({ kind: 'matmul' }, x, matrix);
    assert.deepEqual(weightLayers(draft.build(draft.op({ kind: 'matmul' }, y, y))), [y]);
  });
});
