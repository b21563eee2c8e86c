import type { Activation, Distribution, RecurrentCell } from '../../../src/network';
import { NetworkBuilder, BATCH } from '../../../src/network';
import { propagate, type MemorySignal } from '../../../src/theory';
import { near } from '../moments/expect';
import { meanSquare, Random, timesTransposed } from './random';

const tanh: Activation = { kind: 'tanh' };
const sigmoid: Activation = { kind: 'sigmoid' };
const span = { file: 'm.py', start: { line: 0, column: 0, offset: 0 }, end: { line: 0, column: 1, offset: 1 } };
const [width, steps, batch] = [128, 12, 24];

const cells = {
  plain: { kind: 'plain', activation: tanh },
  lstm: { kind: 'lstm', activation: tanh, gateActivation: sigmoid },
  gru: { kind: 'gru', activation: tanh, gateActivation: sigmoid, gates: ['reset', 'update'], resetAfter: true },
} as const satisfies Record<string, RecurrentCell>;
const gates = { plain: 1, lstm: 4, gru: 3 };

/** U(±1/√hidden) of all weights, as PyTorch draws them; no biases, or 1 at an LSTM's forget gate. */
const bound = 1 / Math.sqrt(width);
const uniform: Distribution = { kind: 'uniform', low: -bound, high: bound };

function predicted(
  kind: keyof typeof cells,
  result: 'sequence' | 'hidden',
  forgetBias?: number,
): { readonly output: number; readonly input: number; readonly memory: MemorySignal | undefined } {
  const builder = new NetworkBuilder();
  const x = builder.addInput('x', [BATCH, steps, width], span);
  const origin = { kind: 'frameworkDefault' } as const;
  const rows = gates[kind] * width;
  for (const path of ['input', 'recurrent'])
    builder.setParameter({
      path,
      role: 'weight',
      shape: [rows, width],
      axes: ['out', 'in'],
      initializer: { distribution: uniform, origin },
      span,
    });
  const constant = (value: number): Distribution => ({ kind: 'constant', value });
  if (forgetBias !== undefined)
    builder.setParameter({
      path: 'bias',
      role: 'bias',
      shape: [rows],
      axes: ['out'],
      initializer: {
        distribution: {
          kind: 'partitioned',
          axis: 0,
          parts: [0, forgetBias, 0, 0].map((value) => ({ size: width, distribution: constant(value) })),
        },
        origin,
      },
      span,
    });
  const y = builder.add({
    op: {
      kind: 'recurrent',
      cell: cells[kind],
      inputSize: width,
      hiddenSize: width,
      reverse: false,
      inputWeight: 'input',
      recurrentWeight: 'recurrent',
      ...(forgetBias !== undefined && { inputBias: 'bias' }),
      result,
    },
    inputs: [x],
    path: 'rnn',
    span,
  });
  const network = builder.build({
    name: 'Model',
    framework: 'pytorch',
    outputs: [y],
    span,
    losses: [],
    initializationSite: undefined,
  });
  const { signals, memory } = propagate(network);
  return { output: signals[y]?.secondMoment ?? NaN, input: signals[x]?.gradient ?? NaN, memory: memory[0] };
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** E[h²] over all steps, and of the last one, of a layer run by hand on independent inputs. */
function simulated(kind: keyof typeof cells, forgetBias = 0): { readonly sequence: number; readonly last: number } {
  const random = new Random(3);
  const weight = (): Float64Array[] =>
    Array.from({ length: gates[kind] * width }, () =>
      Float64Array.from({ length: width }, () => bound * (2 * random.uniform() - 1)),
    );
  const [w, u] = [weight(), weight()];
  let h = Array.from({ length: batch }, () => new Float64Array(width));
  let c = h;
  let [total, last] = [0, 0];
  for (let step = 0; step < steps; step += 1) {
    const fromInput = timesTransposed(random.matrix(batch, width), w);
    const fromHidden = timesTransposed(h, u);
    const part = (row: number, gate: number, unit: number): readonly [number, number] => [
      fromInput[row]?.[gate * width + unit] ?? 0,
      fromHidden[row]?.[gate * width + unit] ?? 0,
    ];
    const before = h;
    const cell = c;
    const both = (row: number, gate: number, unit: number): number => {
      const [a, b] = part(row, gate, unit);
      return a + b;
    };
    c = cell.map((values, row) =>
      values.map(
        (value, unit) =>
          logistic(both(row, 1, unit) + forgetBias) * value +
          logistic(both(row, 0, unit)) * Math.tanh(both(row, 2, unit)),
      ),
    );
    h = before.map((values, row) =>
      values.map((value, unit) => {
        if (kind === 'plain') return Math.tanh(both(row, 0, unit));
        if (kind === 'lstm') return logistic(both(row, 3, unit)) * Math.tanh(c[row]?.[unit] ?? 0);
        const [z, [a, b]] = [logistic(both(row, 1, unit)), part(row, 2, unit)];
        return (1 - z) * Math.tanh(a + logistic(both(row, 0, unit)) * b) + z * value;
      }),
    );
    last = meanSquare(h);
    total += last / steps;
  }
  return { sequence: total, last };
}

/** A cell that keeps much counts as Gaussian, which a sum of few gated steps is not quite. */
const tolerance = 0.08;

describe('recurrent layers unrolled in time, against a simulation (B0.8)', () => {
  for (const [kind, forgetBias] of [
    ['plain', undefined],
    ['lstm', undefined],
    ['lstm', 1],
    ['gru', undefined],
  ] as const)
    it(`${kind}${forgetBias === undefined ? '' : ', forget bias 1'}`, () => {
      const { sequence, last } = simulated(kind, forgetBias);
      near(predicted(kind, 'sequence', forgetBias).output / sequence, 1, tolerance);
      near(predicted(kind, 'hidden', forgetBias).output / last, 1, tolerance);
    });

  it('a gradient fades by σ_w²·D2 a step: of the last state of a tanh layer only the last inputs get any', () => {
    // At most 1/3 of the squared norm at each step back, so that all of it together is below 1/3·(1 + 1/3 + …).
    const { input } = predicted('plain', 'hidden');
    near(input, 0.3, 0.1);
  });
});

describe('how long a recurrent layer remembers (golden 23)', () => {
  it('an LSTM half of it a step, with a forget bias of 1 half of it in 2.2127', () => {
    const plain = predicted('lstm', 'sequence').memory;
    near(plain?.retention, 0.5, 1e-12);
    near(plain?.halfLife, 1, 1e-12);
    const biased = predicted('lstm', 'sequence', 1).memory;
    near(biased?.retention, 0.731059, 6e-7);
    near(biased?.halfLife, 2.212678, 6e-7);
    near(predicted('gru', 'sequence').memory?.retention, 0.5, 1e-12);
  });

  it("PyTorch's tanh layer √(1/3) a step: 4.1e-3 after 10, 1.2e-12 after 50", () => {
    const { memory } = predicted('plain', 'sequence');
    near(memory?.retention, 0.57735, 6e-7);
    near((memory?.retention ?? NaN) ** 10 / 4.1e-3, 1, 0.01);
    near((memory?.retention ?? NaN) ** 50 / 1.2e-12, 1, 0.02);
    near(memory?.steps, steps, 0);
  });
});
