import { isKnown } from '../../network';
import { initLineEdits } from '../drawing';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule } from '../rule';
import { forgetBias, recurrentLayers } from './recurrentLayers';

const about = {
  id: 'forget-gate-bias',
  title: 'Forget gate closes too soon for the sequence',
  defaultSeverity: 'information',
  citation:
    'Gers, Schmidhuber & Cummins 2000; Józefowicz, Zaremba & Sutskever 2015, §3 (bias 1); Tallec & Ollivier 2018, §3 (bias ln T)',
} as const;

/** T·ln(1/f): what is left of a cell after the sequence is e to the minus that. */
const LOST = 60;

/** An LSTM over a long sequence whose forget gate starts at one half or little above: its cell holds a few steps. */
export const forgetGateBias: Rule = {
  ...about,
  check: (context) => {
    const { network } = context;
    return recurrentLayers(network).flatMap((layer): readonly Finding[] => {
      const { node, op, steps } = layer;
      const bias = op.cell.kind === 'lstm' ? forgetBias(layer, network) : undefined;
      if (bias === undefined) return [];
      const gate = 1 / (1 + Math.exp(-bias));
      if (!(-steps * Math.log(gate) >= LOST)) return [];
      const halfLife = Math.round((10 * Math.log(2)) / -Math.log(gate)) / 10;
      const better = Number(Math.log(steps / 4).toFixed(1));
      const hidden = op.hiddenSize;
      const edits =
        op.inputBias === undefined || !isKnown(hidden)
          ? []
          : initLineEdits(network, op.inputBias, (path) => `constant_(${path}[${hidden}:${2 * hidden}], ${better})`);
      return [
        predictedFinding(about, context, {
          span: node.span,
          message: `The forget gate starts at ${formatNumber(gate)}: after ${formatNumber(halfLife)} ${halfLife === 1 ? 'step' : 'steps'} half of the cell is left, and the sequence has ${steps}. A bias of about ln(T/4) = ${better} for the forget gate lets it hold as long as that.`,
          label: `cell halves in ${formatNumber(halfLife)} of ${steps} steps`,
          quantity: {
            name: 'half-life of the cell',
            value: halfLife,
            unit: 'steps',
            expected: `about ${formatNumber(steps / 6)}`,
          },
          confidence: 'high',
          parameters: [op.inputBias, op.recurrentBias].filter((path) => path !== undefined),
          fixes: edits.length === 0 ? [] : [{ title: `Forget-gate bias ${better} for ${node.path}`, edits }],
        }),
      ];
    });
  },
};
