import type { ModelAnalysis } from './analysis';

/** What GradLens thinks of a model as a whole. */
export type Verdict = 'healthy' | 'atRisk' | 'willNotTrain' | 'notKnown';

/** The words for it, said alike in lens, hover, panel and terminal. */
export const verdictText: Readonly<Record<Verdict, string>> = {
  healthy: 'trainable',
  atRisk: 'at risk',
  willNotTrain: 'will not train',
  notKnown: 'not judged to the end',
};

/** The worst finding decides; without one, whether the gradient could be followed over the depth, or the signal to the outputs. */
export function verdictOf({ network, report, findings }: ModelAnalysis): Verdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'willNotTrain';
  if (findings.some(({ severity }) => severity === 'warning')) return 'atRisk';
  // Sizes were assumed: the rules kept silent, which says nothing.
  if (report.confidence === 'low') return 'notKnown';
  const { outputs } = network;
  const reached = outputs.length > 0 && outputs.every((output) => report.signals[output] !== undefined);
  return report.depth || reached ? 'healthy' : 'notKnown';
}
