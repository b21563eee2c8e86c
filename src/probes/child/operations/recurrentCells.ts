import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { RecurrentCell } from '../../../network';
import { pointwise } from './activation';

/** What a step hands to the next. Only an LSTM changes the cell. */
export interface State {
  readonly hidden: Tensor2D;
  readonly cell: Tensor2D;
}

/** The weights of the recurrence, kernels in×gates·units. */
export interface Recurrence {
  readonly units: number;
  readonly weight: Tensor2D;
  readonly bias: Tensor | undefined;
  /** units×projected. */
  readonly projection: Tensor2D | undefined;
}

/** A product with a weight: its gradient is operandᵀ · by, summed over all steps. */
export interface WeightUse {
  readonly operand: Tensor2D;
  readonly by: Tensor2D;
}

export interface StepGradients {
  /** By what drives the step: x W + b. */
  readonly drive: Tensor2D;
  readonly before: State;
  /** Uses of the recurrent weight, by blocks of its columns in their order. */
  readonly recurrent: readonly WeightUse[];
  readonly projection?: WeightUse;
}

/** One step of a recurrent layer, and its pullback. */
export interface Cell {
  readonly forward: (drive: Tensor2D, before: State) => State;
  readonly back: (drive: Tensor2D, before: State, after: State, by: State) => StepGradients;
}

const { add, mul, sub } = tf;

type Kind = RecurrentCell['kind'];

const makers: { readonly [K in Kind]: (cell: Extract<RecurrentCell, { kind: K }>, layer: Recurrence) => Cell } = {
  plain: ({ activation }, layer) => {
    const { value, derivative } = pointwise(activation);
    const sum = (drive: Tensor2D, { hidden }: State) => add<Tensor2D>(drive, recurrentProduct(hidden, layer));
    return {
      forward: (drive, before) => ({ hidden: value(sum(drive, before)) as Tensor2D, cell: before.cell }),
      back: (drive, before, _after, by) => {
        const bySum = mul<Tensor2D>(by.hidden, derivative(sum(drive, before)));
        return {
          drive: bySum,
          before: { hidden: throughWeight(bySum, layer.weight), cell: by.cell },
          recurrent: [{ operand: before.hidden, by: bySum }],
        };
      },
    };
  },

  lstm: ({ activation, gateActivation }, layer) => {
    const [squash, gate] = [pointwise(activation), pointwise(gateActivation)];
    const gates = (drive: Tensor2D, { hidden }: State) =>
      columns(add<Tensor2D>(drive, recurrentProduct(hidden, layer)), 4) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const unprojected = (o: Tensor2D, cell: Tensor2D) => mul<Tensor2D>(gate.value(o), squash.value(cell));
    return {
      forward: (drive, before) => {
        const [i, f, g, o] = gates(drive, before);
        const cell = add<Tensor2D>(mul(gate.value(f), before.cell), mul(gate.value(i), squash.value(g)));
        const output = unprojected(o, cell);
        return { hidden: layer.projection === undefined ? output : tf.matMul(output, layer.projection), cell };
      },
      back: (drive, before, after, by) => {
        const [i, f, g, o] = gates(drive, before);
        const byOutput = layer.projection === undefined ? by.hidden : throughWeight(by.hidden, layer.projection);
        const byCell = add(by.cell, mul(mul(byOutput, gate.value(o)), squash.derivative(after.cell)));
        const bySum = tf.concat2d(
          [
            mul(mul(byCell, squash.value(g)), gate.derivative(i)),
            mul(mul(byCell, before.cell), gate.derivative(f)),
            mul(mul(byCell, gate.value(i)), squash.derivative(g)),
            mul(mul(byOutput, squash.value(after.cell)), gate.derivative(o)),
          ],
          1,
        );
        return {
          drive: bySum,
          before: { hidden: throughWeight(bySum, layer.weight), cell: mul(byCell, gate.value(f)) },
          recurrent: [{ operand: before.hidden, by: bySum }],
          ...(layer.projection && { projection: { operand: unprojected(o, after.cell), by: by.hidden } }),
        };
      },
    };
  },

  gru: (cell, layer) => (cell.resetAfter ? resetAfter(cell, layer) : resetBefore(cell, layer)),
};

type Gru = Extract<RecurrentCell, { kind: 'gru' }>;

/** n = φ(a_n + r·(h U_n + b_n)): the reset gate applies behind the weight. */
function resetAfter({ activation, gateActivation, gates }: Gru, layer: Recurrence): Cell {
  const [squash, gate] = [pointwise(activation), pointwise(gateActivation)];
  const [reset, update] = [gates.indexOf('reset'), gates.indexOf('update')];
  const parts = (drive: Tensor2D, { hidden }: State) => {
    const driven = columns(drive, 3);
    const back = columns(recurrentProduct(hidden, layer), 3);
    const sum = (part: number) => add<Tensor2D>(at(driven, part), at(back, part));
    const [r, z, fromHidden] = [sum(reset), sum(update), at(back, 2)];
    return { r, z, fromHidden, n: add<Tensor2D>(at(driven, 2), mul(gate.value(r), fromHidden)) };
  };
  return {
    forward: (drive, before) => {
      const { z, n } = parts(drive, before);
      return { hidden: mixed(gate.value(z), squash.value(n), before.hidden), cell: before.cell };
    },
    back: (drive, before, _after, by) => {
      const { r, z, fromHidden, n } = parts(drive, before);
      const keep = gate.value(z);
      const byNew = mul<Tensor2D>(mul(by.hidden, sub(1, keep)), squash.derivative(n));
      const byUpdate = mul(mul(by.hidden, sub(before.hidden, squash.value(n))), gate.derivative(z));
      const byReset = mul(mul(byNew, fromHidden), gate.derivative(r));
      const byGates = (reset === 0 ? [byReset, byUpdate] : [byUpdate, byReset]) as Tensor2D[];
      const byProduct = tf.concat2d([...byGates, mul(byNew, gate.value(r))], 1);
      return {
        drive: tf.concat2d([...byGates, byNew], 1),
        before: {
          hidden: add(mul(by.hidden, keep), throughWeight(byProduct, layer.weight)),
          cell: by.cell,
        },
        recurrent: [{ operand: before.hidden, by: byProduct }],
      };
    },
  };
}

/** n = φ(a_n + (r·h) U_n + b_n): the reset gate applies before the weight, as Cho et al. (2014) wrote it. */
function resetBefore({ activation, gateActivation, gates }: Gru, layer: Recurrence): Cell {
  const [squash, gate] = [pointwise(activation), pointwise(gateActivation)];
  const [reset, update] = [gates.indexOf('reset'), gates.indexOf('update')];
  const { units, weight, bias } = layer;
  const part = (start: number, count: number): Recurrence => ({
    units,
    weight: tf.slice2d(weight, [0, start * units], [weight.shape[0], count * units]),
    bias: bias && tf.slice(bias, [start * units], [count * units]),
    projection: undefined,
  });
  const parts = (drive: Tensor2D, { hidden }: State) => {
    const driven = columns(drive, 3);
    const back = columns(recurrentProduct(hidden, part(0, 2)), 2);
    const sum = (which: number) => add<Tensor2D>(at(driven, which), at(back, which));
    const [r, z] = [sum(reset), sum(update)];
    const kept = mul<Tensor2D>(gate.value(r), hidden);
    return { r, z, kept, n: add<Tensor2D>(at(driven, 2), recurrentProduct(kept, part(2, 1))) };
  };
  return {
    forward: (drive, before) => {
      const { z, n } = parts(drive, before);
      return { hidden: mixed(gate.value(z), squash.value(n), before.hidden), cell: before.cell };
    },
    back: (drive, before, _after, by) => {
      const { r, z, kept, n } = parts(drive, before);
      const keep = gate.value(z);
      const byNew = mul<Tensor2D>(mul(by.hidden, sub(1, keep)), squash.derivative(n));
      const byKept = throughWeight(byNew, part(2, 1).weight);
      const byUpdate = mul(mul(by.hidden, sub(before.hidden, squash.value(n))), gate.derivative(z));
      const byReset = mul(mul(byKept, before.hidden), gate.derivative(r));
      const byGates = tf.concat2d((reset === 0 ? [byReset, byUpdate] : [byUpdate, byReset]) as Tensor2D[], 1);
      const direct = add(mul(by.hidden, keep), mul(byKept, gate.value(r)));
      return {
        drive: tf.concat2d([byGates, byNew], 1),
        before: { hidden: add(direct, throughWeight(byGates, part(0, 2).weight)), cell: by.cell },
        recurrent: [
          { operand: before.hidden, by: byGates },
          { operand: kept, by: byNew },
        ],
      };
    },
  };
}

/** z·h + (1 − z)·n. */
function mixed(keep: Tensor, fresh: Tensor, hidden: Tensor2D): Tensor2D {
  return add(mul(keep, hidden), mul(sub(1, keep), fresh));
}

function recurrentProduct(hidden: Tensor2D, { weight, bias }: Recurrence): Tensor2D {
  const product = tf.matMul<Tensor2D>(hidden, weight);
  return bias === undefined ? product : add(product, bias);
}

function throughWeight(gradient: Tensor2D, weight: Tensor2D): Tensor2D {
  return tf.matMul(gradient, weight, false, true);
}

/** Blocks of columns of the same width: one a gate. */
function columns(x: Tensor2D, count: number): Tensor2D[] {
  const [rows, all] = x.shape;
  const width = all / count;
  return Array.from({ length: count }, (_, i) => tf.slice2d(x, [0, i * width], [rows, width]));
}

function at(parts: readonly Tensor2D[], place: number): Tensor2D {
  const part = parts[place];
  if (part === undefined) throw new Error('a gate that there is not');
  return part;
}

export function cellOf(cell: RecurrentCell, layer: Recurrence): Cell {
  const make = makers[cell.kind] as (cell: RecurrentCell, layer: Recurrence) => Cell;
  return make(cell, layer);
}
