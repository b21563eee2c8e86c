import { parametersByPath, weightVariance } from '../../network';
import { moments } from '../../network/moments';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { recurrentLayers } from './recurrentLayers';

/** Weights that bring less of a pre-activation are not named. */
const SHARE = 0.2;

/**
 * Recurrent layers whose weights are so large that tanh is flat at most steps: E[φ′²] at what inputs and the hidden state bring together.
 * Gates are squashed by the same pre-activations. What comes out no longer tells what went in some steps ago.
 */
export function saturatedSteps(
  about: Pick<Rule, 'id' | 'defaultSeverity' | 'citation'>,
  context: RuleContext,
  mostlyFlat: number,
): readonly Finding[] {
  const { network, report } = context;
  const parameters = parametersByPath(network.parameters);
  return recurrentLayers(network).flatMap(({ node, op }): readonly Finding[] => {
    const [input, recurrent] = [op.inputWeight, op.recurrentWeight].map((path) => {
      const parameter = parameters.get(path);
      return parameter && weightVariance(parameter);
    });
    const [x, h] = [report.signals[node.inputs[0] ?? -1], report.signals[node.id]];
    const squashes = op.cell.kind !== 'plain' || op.cell.activation.kind === 'tanh';
    if (input === undefined || recurrent === undefined || !x || !h || !squashes) return [];
    const [brought, carried] = [input * x.secondMoment, recurrent * h.secondMoment];
    const q = brought + carried;
    const passes = moments({ kind: 'tanh' }, q).derivativeSecondMoment;
    if (passes >= mostlyFlat) return [];
    const share = formatNumber(100 * (1 - passes));
    return [
      predictedFinding(about, context, {
        severity: 'warning',
        span: node.span,
        message: `The weights of this layer are so large (σ_w² = ${formatNumber(recurrent)} for the recurrent ones) that its units saturate at every step: ${share} % of the squared gradient is lost where tanh is flat. Start the recurrent weights orthogonal and those of the input by Xavier.`,
        label: `${share} % saturated`,
        quantity: { name: 'squared slope of tanh at a step', value: passes, unit: '', expected: '0.1 to 1' },
        confidence: report.confidence,
        parameters: [
          ...(brought >= SHARE * q ? [op.inputWeight] : []),
          ...(carried >= SHARE * q ? [op.recurrentWeight] : []),
        ],
      }),
    ];
  });
}
