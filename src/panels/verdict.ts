import type { ModelAnalysis } from '../analysis/analysis';
import { gradientText } from '../analysis/summary';
import { verdictOf, verdictText, type Verdict as ModelVerdict } from '../analysis/verdict';
import type { Verdict } from './messages';

const levels: Readonly<Record<ModelVerdict, Verdict['level']>> = {
  healthy: 'good',
  atRisk: 'warning',
  willNotTrain: 'error',
  notKnown: 'unknown',
};

/** What the page says of a model as a whole. */
export function verdict(model: ModelAnalysis): Verdict {
  const judged = verdictOf(model);
  const words = [verdictText[judged], gradientText(model)].filter((part) => part !== undefined).join(' · ');
  return { level: levels[judged], text: words.charAt(0).toUpperCase() + words.slice(1) };
}
