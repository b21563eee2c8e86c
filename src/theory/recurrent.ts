import type { OpOf, Shape } from '../network';
import { usual, type Assumptions } from './assumptions';
import { gatedCell, type CellState, type CellStep } from './recurrentCells';
import type { State } from './state';
import type { Weights } from './weights';

/**
 * A recurrent layer unrolled in time. Its weights count as drawn anew at each step, which gives the second moments of tied ones for wide
 * layers (Chen, Pennington & Schoenholz 2018, §3; methods.md B0.8); inputs of different steps drive it by what each brings.
 */
export interface Unrolled {
  /** By step; the last one stands for all that follow. */
  readonly steps: readonly CellStep[];
  readonly count: number;
}

/** How many steps; where the moments have come to rest they are not computed again. */
const AT_REST = 1e-7;

export function unrolled(
  op: OpOf<'recurrent'>,
  inputs: readonly (State | undefined)[],
  shape: Shape | undefined,
  weights: Weights,
  assumptions: Assumptions,
): Unrolled | undefined {
  const [x, hidden, cell] = inputs;
  const step = x && gatedCell(op, weights);
  if (!step || (inputs.length > 1 && !hidden) || (inputs.length > 2 && !cell)) return undefined;
  const count = assumptions.sizeOf(shape?.[1], usual.steps);
  let state: CellState = { hidden: hidden ?? nothing, cell: cell ?? nothing };
  const steps: CellStep[] = [];
  for (let at = 0; at < count; at += 1) {
    const next = step(x, state);
    steps.push(next);
    const moved = change(state.hidden, next.state.hidden) + change(state.cell, next.state.cell);
    state = next.state;
    if (moved < AT_REST) break;
  }
  return steps.length > 0 ? { steps, count } : undefined;
}

const nothing = { secondMoment: 0, mean: 0, crossMoment: 0 };

function change(a: CellState['hidden'], b: CellState['hidden']): number {
  return (
    (Math.abs(a.secondMoment - b.secondMoment) + Math.abs(a.crossMoment - b.crossMoment)) / (b.secondMoment || 1) +
    Math.abs(a.mean - b.mean)
  );
}

/** The output: all steps side by side, or what the last one leaves. */
export function recurrentState(
  op: OpOf<'recurrent'>,
  { steps, count }: Unrolled,
  { sources, units }: { readonly sources: State['sources']; readonly units: State['unitAxes'] },
): State | undefined {
  const last = steps.at(-1)?.state;
  if (!last) return undefined;
  if (op.result !== 'sequence')
    return { ...(op.result === 'cell' ? last.cell : last.hidden), unitAxes: units, sources };
  const average = (pick: (state: CellState) => number): number =>
    (steps.reduce((sum, { state }) => sum + pick(state), 0) + (count - steps.length) * pick(last)) / count;
  return {
    secondMoment: average(({ hidden }) => hidden.secondMoment),
    mean: average(({ hidden }) => hidden.mean),
    crossMoment: average(({ hidden }) => hidden.crossMoment),
    unitAxes: units,
    sources,
  };
}

/**
 * The factor of the squared gradient to the inputs (index 0), the first hidden state (1) and the first cell (2), through time. Of a sequence
 * each step has an equal share of the gradient; else all of it is at the last.
 */
export function recurrentGradient(
  op: OpOf<'recurrent'>,
  { steps, count }: Unrolled,
  index: number,
): number | undefined {
  const last = steps.at(-1);
  if (!last) return undefined;
  let [hidden, cell, total] = [0, 0, 0];
  for (let at = count - 1; at >= 0; at -= 1) {
    const { back } = steps[at] ?? last;
    if (op.result === 'sequence') hidden += 1 / count;
    else if (at === count - 1) [hidden, cell] = op.result === 'cell' ? [hidden, 1] : [1, cell];
    const earlier = back(hidden, cell);
    total += earlier.input;
    [hidden, cell] = [earlier.hidden, earlier.cell];
  }
  return index === 0 ? total : index === 1 ? hidden : cell;
}
