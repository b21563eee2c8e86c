import { isKnown, type Network, type Node, type OpOf, type RecurrentCell } from '../network';
import { derivativeSup, pointwise } from '../network/moments';
import type { MemorySignal } from './report';
import type { Weights } from './weights';

/** How long recurrent layers remember before they are trained (methods.md B0.8). */
export function memorySignals({ nodes }: Network, weights: Weights): readonly MemorySignal[] {
  return nodes.flatMap(({ id, op, inputs }): MemorySignal[] => {
    const retention = op.kind === 'recurrent' ? retentionOf(op, weights) : undefined;
    if (op.kind !== 'recurrent' || retention === undefined) return [];
    const steps = stepsOf(nodes[inputs[0] ?? -1]);
    return [{ node: id, cell: op.cell.kind, retention, halfLife: halfLife(retention), steps }];
  });
}

/** Steps after which half is left. */
export function halfLife(retention: number): number {
  return retention < 1 ? Math.LN2 / -Math.log(retention) : Infinity;
}

function retentionOf(op: OpOf<'recurrent'>, weights: Weights): number | undefined {
  const { cell } = op;
  switch (cell.kind) {
    case 'plain': {
      // The circular law: of independent entries the spectral radius is the deviation of a row's sum, and of orthogonal ones it is 1.
      const gain = weights.weightVariance(op.recurrentWeight);
      return gain === undefined ? undefined : Math.sqrt(gain) * derivativeSup(cell.activation);
    }
    case 'lstm':
      return gateAtRest(op, cell, { gate: 1, gates: 4 }, weights);
    case 'gru':
      return gateAtRest(op, cell, { gate: cell.gates.indexOf('update'), gates: 3 }, weights);
  }
}

function gateAtRest(
  { inputBias, recurrentBias }: OpOf<'recurrent'>,
  { gateActivation }: Extract<RecurrentCell, { kind: 'lstm' | 'gru' }>,
  { gate, gates }: { readonly gate: number; readonly gates: number },
  weights: Weights,
): number | undefined {
  const bias = weights.gateBias([inputBias, recurrentBias], gate, gates);
  return bias && pointwise(gateActivation).value(bias.mean);
}

function stepsOf(input: Node | undefined): number | undefined {
  const steps = input?.shape?.[1];
  return isKnown(steps) ? steps : undefined;
}
