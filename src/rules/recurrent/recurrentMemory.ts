import { parametersByPath, weightVariance } from '../../network';
import { drawEdits } from '../drawing';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule } from '../rule';
import { recurrentLayers } from './recurrentLayers';

const about = {
  id: 'recurrent-memory',
  title: 'Recurrent weights forget within few steps',
  defaultSeverity: 'warning',
  citation: 'Pascanu, Mikolov & Bengio 2013, §2.1 (spectral radius of the recurrent matrix); Le, Jaitly & Hinton 2015',
} as const;

/** T·ln(1/ρ): e to the minus that is the largest part of a gradient that comes back over the whole sequence. */
const INFORMATION = 12;
const WARNING = 36;

/** A plain recurrent layer whose matrix has a spectral radius below 1 over a long sequence: what was long ago is lost to it. */
export const recurrentMemory: Rule = {
  ...about,
  check: (context) => {
    const { network } = context;
    const parameters = parametersByPath(network.parameters);
    return recurrentLayers(network).flatMap(({ node, op, steps }): readonly Finding[] => {
      const parameter = parameters.get(op.recurrentWeight);
      const spread = parameter && weightVariance(parameter);
      if (op.cell.kind !== 'plain' || op.cell.activation.kind !== 'tanh' || !spread) return [];
      // The circular law: σ_w is the spectral radius, and tanh's slope is at most 1.
      const radius = Math.sqrt(spread);
      const loss = -steps * Math.log(radius);
      if (!(loss >= INFORMATION)) return [];
      const memory = 1 / -Math.log(radius);
      const edits = drawEdits(network, op.recurrentWeight, (weight) => `orthogonal_(${weight})`);
      return [
        predictedFinding(about, context, {
          severity: loss >= WARNING ? 'warning' : 'information',
          span: node.span,
          message: `The recurrent matrix has the spectral radius ${formatNumber(radius)}: a gradient keeps at most ${formatNumber(radius)} of itself a step, and the layer remembers about ${formatNumber(memory)} of ${steps} steps. Start it orthogonal (radius 1), or use an LSTM or a GRU.`,
          label: `remembers ${formatNumber(memory)} of ${steps} steps`,
          quantity: { name: 'spectral radius of the recurrent matrix', value: radius, unit: '', expected: 'about 1' },
          confidence: 'high',
          parameters: [op.recurrentWeight],
          fixes: edits.length === 0 ? [] : [{ title: `Orthogonal ${op.recurrentWeight}`, edits }],
        }),
      ];
    });
  },
};
