import type { Activation, OpOf, RecurrentCell } from '../network';
import { covariance, moments, type Moments } from '../network/moments';
import { correlationOf, type State } from './state';
import type { Weights } from './weights';

export type CellMoments = Pick<State, 'secondMoment' | 'mean' | 'crossMoment'>;

/** What a cell carries from step to step; `cell` is used by an LSTM alone. */
export interface CellState {
  readonly hidden: CellMoments;
  readonly cell: CellMoments;
}

/** Squared gradients before a step, by what they are of. */
export interface CellGradient {
  readonly input: number;
  readonly hidden: number;
  readonly cell: number;
}

/** One step, and how squared gradients at its hidden state and cell go back through it. */
export interface CellStep {
  readonly state: CellState;
  readonly back: (hidden: number, cell: number) => CellGradient;
}

export type Cell = (x: CellMoments, before: CellState) => CellStep;

/** σ² of the two weights of a cell, and E[b], E[b²] of a gate's biases. */
interface Draws {
  readonly input: number;
  readonly recurrent: number;
  readonly biases: readonly { readonly mean: number; readonly secondMoment: number }[];
  /** Of an LSTM's projection; 1 without one. */
  readonly projection: number;
}

/** The cell of a node, its weights drawn; undefined where they are not known. */
export function gatedCell(op: OpOf<'recurrent'>, weights: Weights): Cell | undefined {
  const gates = { plain: 1, lstm: 4, gru: 3 }[op.cell.kind];
  const input = weights.weightVariance(op.inputWeight);
  const recurrent = weights.weightVariance(op.recurrentWeight);
  const projection = op.projection ? weights.weightVariance(op.projection.weight) : 1;
  const biases = Array.from({ length: gates }, (_, gate) =>
    weights.gateBias([op.inputBias, op.recurrentBias], gate, gates),
  );
  const known = biases.filter((bias) => bias !== undefined);
  if (input === undefined || recurrent === undefined || projection === undefined || known.length < gates)
    return undefined;
  return cellOf(op.cell, { input, recurrent, biases: known, projection });
}

function cellOf(cell: RecurrentCell, draws: Draws): Cell {
  switch (cell.kind) {
    case 'plain':
      return plainCell(cell.activation, draws);
    case 'lstm':
      return lstmCell(cell.activation, cell.gateActivation, draws);
    case 'gru':
      return gruCell(cell, draws);
  }
}

/** h' = φ(W x + U h + b): the dense recursion with the gain of U from step to step (Pascanu et al. 2013). */
function plainCell(activation: Activation, draws: Draws): Cell {
  return (x, { hidden, cell }) => {
    const z = preActivation(x, hidden, draws, 0);
    const one = applied(activation, z);
    return {
      state: { hidden: one, cell },
      back: (gradient) => {
        const before = gradient * one.derivativeSecondMoment;
        return { input: draws.input * before, hidden: draws.recurrent * before, cell: 0 };
      },
    };
  };
}

/**
 * c' = f·c + i·g and h' = o·tanh(c') with independent gates (methods.md B0.8: dc'/dc = f). The cell counts as Gaussian where it is bent,
 * and so do the gates' pre-activations, which differ by their biases.
 */
function lstmCell(activation: Activation, gateActivation: Activation, draws: Draws): Cell {
  return (x, before) => {
    const [i, f, o] = [0, 1, 3].map((gate) => applied(gateActivation, preActivation(x, before.hidden, draws, gate)));
    const g = applied(activation, preActivation(x, before.hidden, draws, 2));
    if (!i || !f || !o) throw new Error('An LSTM has four gates.');
    const cell = sum(product(f, before.cell), product(i, g));
    const bent = applied(activation, cell);
    const unprojected = product(o, bent);
    const hidden = scaled(unprojected, draws.projection);
    return {
      state: { hidden, cell },
      back: (given, givenCell) => {
        const atOutput = given * draws.projection;
        const atCell = givenCell + atOutput * o.secondMoment * bent.derivativeSecondMoment;
        const gates =
          atOutput * bent.secondMoment * o.derivativeSecondMoment +
          atCell *
            (g.secondMoment * i.derivativeSecondMoment +
              before.cell.secondMoment * f.derivativeSecondMoment +
              i.secondMoment * g.derivativeSecondMoment);
        return { input: draws.input * gates, hidden: draws.recurrent * gates, cell: atCell * f.secondMoment };
      },
    };
  };
}

/** h' = (1 − z)·n + z·h with n = tanh(W x + b + r·U h), or U(r·h): the two have the same moments. */
function gruCell(cell: Extract<RecurrentCell, { kind: 'gru' }>, draws: Draws): Cell {
  const [reset, update] = [cell.gates.indexOf('reset'), cell.gates.indexOf('update')];
  return (x, before) => {
    const r = applied(cell.gateActivation, preActivation(x, before.hidden, draws, reset));
    const z = applied(cell.gateActivation, preActivation(x, before.hidden, draws, update));
    const n = applied(cell.activation, preActivation(x, product(r, before.hidden), draws, 2));
    const rest: CellMoments = {
      secondMoment: 1 - 2 * z.mean + z.secondMoment,
      mean: 1 - z.mean,
      crossMoment: 1 - 2 * z.mean + z.crossMoment,
    };
    const { hidden: h } = before;
    // The gates of the two terms are one: E[z(1 − z)] in between.
    const between = (gate: number): number => 2 * (z.mean - gate) * n.mean * h.mean;
    const hidden: CellMoments = {
      secondMoment: rest.secondMoment * n.secondMoment + z.secondMoment * h.secondMoment + between(z.secondMoment),
      mean: rest.mean * n.mean + z.mean * h.mean,
      crossMoment: rest.crossMoment * n.crossMoment + z.crossMoment * h.crossMoment + between(z.crossMoment),
    };
    return {
      state: { hidden, cell: before.cell },
      back: (given) => {
        const atCandidate = given * rest.secondMoment * n.derivativeSecondMoment;
        const difference = n.secondMoment + h.secondMoment - 2 * n.mean * h.mean;
        const atUpdate = given * difference * z.derivativeSecondMoment;
        const atReset = atCandidate * draws.recurrent * h.secondMoment * r.derivativeSecondMoment;
        return {
          input: draws.input * (atCandidate + atUpdate + atReset),
          hidden: given * z.secondMoment + draws.recurrent * (atCandidate * r.secondMoment + atUpdate + atReset),
          cell: 0,
        };
      },
    };
  };
}

function preActivation(x: CellMoments, hidden: CellMoments, draws: Draws, gate: number): CellMoments {
  const bias = draws.biases[gate] ?? { mean: 0, secondMoment: 0 };
  return {
    secondMoment: draws.input * x.secondMoment + draws.recurrent * hidden.secondMoment + bias.secondMoment,
    mean: bias.mean,
    crossMoment: draws.input * x.crossMoment + draws.recurrent * hidden.crossMoment + bias.secondMoment,
  };
}

type Applied = CellMoments & Pick<Moments, 'derivativeSecondMoment'>;

function applied(activation: Activation, z: CellMoments): Applied {
  const { secondMoment, mean, derivativeSecondMoment } = moments(activation, z.secondMoment, z.mean);
  const crossMoment = covariance(activation, z.secondMoment, correlationOf(z), z.mean);
  return { secondMoment, mean, crossMoment, derivativeSecondMoment };
}

const product = (a: CellMoments, b: CellMoments): CellMoments => ({
  secondMoment: a.secondMoment * b.secondMoment,
  mean: a.mean * b.mean,
  crossMoment: a.crossMoment * b.crossMoment,
});

const sum = (a: CellMoments, b: CellMoments): CellMoments => ({
  secondMoment: a.secondMoment + b.secondMoment + 2 * a.mean * b.mean,
  mean: a.mean + b.mean,
  crossMoment: a.crossMoment + b.crossMoment + 2 * a.mean * b.mean,
});

/** W x of zero-mean weights. */
const scaled = ({ secondMoment, mean, crossMoment }: CellMoments, gain: number): CellMoments =>
  gain === 1
    ? { secondMoment, mean, crossMoment }
    : { secondMoment: gain * secondMoment, mean: 0, crossMoment: gain * crossMoment };
