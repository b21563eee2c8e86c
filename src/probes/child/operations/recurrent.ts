import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { OpOf } from '../../../network';
import { only, type Context, type Operation, type ParameterGradient } from '../operation';
import { tidied } from '../tidied';
import { cellOf, type State, type StepGradients, type WeightUse } from './recurrentCells';

/**
 * A recurrent layer in one direction over B×T×F. The products with the inputs are one for all steps, and so are the gradients by
 * the weights: the loop over time holds what depends on the step before.
 */
export const recurrent: Operation<'recurrent'> = (op, inputs, context) => {
  const { tensor: x } = only(inputs);
  const [batch = 1, time = 1, features = 1] = x.shape;
  const units = context.size(op.hiddenSize);
  const inputWeight = context.parameter(op.inputWeight) as Tensor2D;
  const gates = inputWeight.shape[1];
  const layer = {
    units,
    weight: context.parameter(op.recurrentWeight) as Tensor2D,
    bias: biasOf(op.recurrentBias, 1, gates, context),
    projection: op.projection && (context.parameter(op.projection.weight) as Tensor2D),
  };
  const cell = cellOf(op.cell, layer);
  const product = tf.matMul(tf.reshape<tf.Rank.R2>(x, [batch * time, features]), inputWeight);
  const inputBias = biasOf(op.inputBias, 0, gates, context);
  const driven = inputBias === undefined ? product : tf.add(product, inputBias);
  const drives = stepsOf(tf.reshape(driven, [batch, time, gates]), op.reverse);
  const zeros = (size: number) => tf.zeros<tf.Rank.R2>([batch, size]);
  const initial: State = {
    hidden: (inputs[1]?.tensor as Tensor2D | undefined) ?? zeros(layer.projection?.shape[1] ?? units),
    cell: (inputs[2]?.tensor as Tensor2D | undefined) ?? zeros(units),
  };
  const states = [initial];
  for (const drive of drives) states.push(tidied(() => cell.forward(drive, states.at(-1) ?? initial)));
  const last = states.at(-1) ?? initial;
  return {
    output: {
      tensor:
        op.result === 'sequence'
          ? sequenceOf(
              states.slice(1).map(({ hidden }) => hidden),
              op.reverse,
            )
          : tf.clone(last[op.result]),
      layout: 'framework',
    },
    saved: [...drives, ...states.flatMap(({ hidden, cell }) => [hidden, cell]), ...kept(layer)],
    pullback: (gradient, parameters) => {
      const each = op.result === 'sequence' ? stepsOf(gradient, op.reverse) : [];
      const none: State = { hidden: tf.zerosLike(initial.hidden), cell: tf.zerosLike(initial.cell) };
      const atEnd: State = op.result === 'sequence' ? none : { ...none, [op.result]: gradient };
      const steps: StepGradients[] = [];
      let by = atEnd;
      for (const [t, drive] of [...drives.entries()].reverse()) {
        const [before = initial, after = initial] = states.slice(t, t + 2);
        const flowing = by;
        const step = tidied(() => {
          const own = each[t];
          const hidden = own === undefined ? flowing.hidden : tf.add<Tensor2D>(flowing.hidden, own);
          return cell.back(drive, before, after, { hidden, cell: flowing.cell });
        });
        steps.push(step);
        by = step.before;
      }
      const byDriven = tf.reshape<tf.Rank.R2>(sequenceOf(steps.map(({ drive }) => drive).reverse(), op.reverse), [
        batch * time,
        gates,
      ]);
      const byInput = tf.reshape(tf.matMul(byDriven, inputWeight, false, true), x.shape);
      const gradients = [byInput, ...[by.hidden, by.cell].slice(0, inputs.length - 1)];
      if (!parameters) return { inputs: gradients };
      return { inputs: gradients, parameters: parameterGradients(op, context, x, byDriven, steps) };
    },
  };
};

/** The tensors of a layer that were made for it. */
function kept({ bias }: { readonly bias: Tensor | undefined }): Tensor[] {
  return bias === undefined ? [] : [bias];
}

function parameterGradients(
  op: OpOf<'recurrent'>,
  context: Context,
  x: Tensor,
  byDriven: Tensor2D,
  steps: readonly StepGradients[],
): ParameterGradient[] {
  const rows = tf.reshape<tf.Rank.R2>(x, [byDriven.shape[0], -1]);
  const blocks = (steps[0]?.recurrent ?? []).map((_, block) =>
    steps.flatMap(({ recurrent }) => recurrent[block] ?? []),
  );
  const list: ParameterGradient[] = [
    { path: op.inputWeight, gradient: tf.matMul(rows, byDriven, true) },
    { path: op.recurrentWeight, gradient: tf.concat(blocks.map(byWeight), 1) },
  ];
  const addBias = (path: string | undefined, row: 0 | 1, sum: Tensor) => {
    if (path !== undefined) list.push({ path, gradient: biasGradient(path, row, sum, context) });
  };
  addBias(op.inputBias, 0, tf.sum(byDriven, 0));
  const sums = blocks.map((uses) =>
    tf.sum(
      tf.concat(
        uses.map(({ by }) => by),
        0,
      ),
      0,
    ),
  );
  addBias(op.recurrentBias, 1, tf.concat(sums, 0));
  if (op.projection !== undefined)
    list.push({ path: op.projection.weight, gradient: byWeight(steps.flatMap(({ projection }) => projection ?? [])) });
  return list;
}

/** Σ operandᵀ · by over all steps, as one product. */
function byWeight(uses: readonly WeightUse[]): Tensor2D {
  const operands = tf.concat2d(
    uses.map(({ operand }) => operand),
    0,
  );
  return tf.matMul(
    operands,
    tf.concat2d(
      uses.map(({ by }) => by),
      0,
    ),
    true,
  );
}

/**
 * A bias. Keras keeps both of a GRU in one tensor of two rows: that of the inputs, that of the recurrence.
 */
function biasOf(path: string | undefined, row: 0 | 1, gates: number, context: Context): Tensor | undefined {
  if (path === undefined) return undefined;
  const { tensor } = context.asWritten(path);
  return tensor.rank === 2 ? tf.reshape(tf.slice(tensor, [row, 0], [1, gates]), [gates]) : tf.clone(tensor);
}

function biasGradient(path: string, row: 0 | 1, sum: Tensor, context: Context): Tensor {
  const { tensor, toKernel } = context.asWritten(path);
  if (tensor.rank < 2) return sum;
  const asRow = tf.reshape(sum, [1, -1]);
  const rows: [number, number] = [row, 1 - row];
  return toKernel(tf.pad(asRow, [rows, [0, 0]]));
}

/** B×T×F as T times B×F, in the order in which the layer goes through time. */
function stepsOf(sequence: Tensor, reverse: boolean): Tensor2D[] {
  const [batch = 1, time = 1, features = 1] = sequence.shape;
  const steps = Array.from({ length: time }, (_, t) =>
    tf.reshape<tf.Rank.R2>(tf.slice(sequence, [0, t, 0], [batch, 1, features]), [batch, features]),
  );
  return reverse ? steps.reverse() : steps;
}

function sequenceOf(steps: readonly Tensor2D[], reverse: boolean): Tensor {
  const ordered = reverse ? steps.toReversed() : steps;
  return tf.concat(
    ordered.map((step) => tf.reshape(step, [step.shape[0], 1, step.shape[1]])),
    1,
  );
}
