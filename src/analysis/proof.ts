import { formatNumber, type Finding, type Fix } from '../rules';
import { allFindings, type Analysis, type ModelAnalysis } from './analysis';

/** A fix that claims to mend a finding. */
export interface Claim {
  /** The model that it is of; undefined for one of the training script. */
  readonly model: ModelAnalysis | undefined;
  readonly finding: Finding;
  readonly fix: Fix;
}

/**
 * The fix, its title carrying what it changes, by the analyses of the text before it and after it; undefined where the mended text still
 * has the finding, has a graver one that it did not have, or is understood less well.
 */
export function provenFix({ model, finding, fix }: Claim, before: Analysis, after: Analysis): Fix | undefined {
  const mended = model && after.models.find(({ network }) => network.name === model.network.name);
  if ((model && !mended) || after.notes.length > before.notes.length) return undefined;
  if (model && mended && mended.network.notes.length > model.network.notes.length) return undefined;
  if (countOf(finding.rule, after) >= countOf(finding.rule, before)) return undefined;
  if (bringsNew(before, after)) return undefined;
  const change = model && mended && changeOf(model, mended);
  return change === undefined ? fix : { ...fix, title: `${fix.title}: ${change}` };
}

const countOf = (rule: string, analysis: Analysis): number =>
  allFindings(analysis).filter((finding) => finding.rule === rule).length;

/** Whether there is more of some warning or error after than before. */
function bringsNew(before: Analysis, after: Analysis): boolean {
  const grave = (analysis: Analysis): readonly Finding[] =>
    allFindings(analysis).filter(({ severity }) => severity !== 'information');
  const count = (rule: string, findings: readonly Finding[]): number =>
    findings.filter((finding) => finding.rule === rule).length;
  const [old, now] = [grave(before), grave(after)];
  return now.some(({ rule }) => count(rule, now) > count(rule, old));
}

/** What is better than before: the gradient's way over the depth, else the size of the output is another. */
function changeOf(before: ModelAnalysis, after: ModelAnalysis): string | undefined {
  const [from, to] = [before.report.depth, after.report.depth];
  if (from && to && Math.abs(from.logGain) - Math.abs(to.logGain) >= 0.1)
    return `gradient over depth ${formatNumber(from.gain)} → ${formatNumber(to.gain)}`;
  const [small, large] = [outputSize(before), outputSize(after)];
  if (small === undefined || large === undefined || Math.abs(Math.log(small / large)) < 0.1) return undefined;
  return `size of the output ${formatNumber(small)} → ${formatNumber(large)}`;
}

/** √E[y²] of the only output. */
function outputSize({ network: { outputs }, report }: ModelAnalysis): number | undefined {
  const [output, ...others] = outputs;
  const signal = report.signals[output ?? -1];
  return signal && others.length === 0 && signal.secondMoment > 0 ? Math.sqrt(signal.secondMoment) : undefined;
}
