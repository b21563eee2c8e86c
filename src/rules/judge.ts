import { parameterPaths, type Network, type TrainingScript } from '../network';
import type { SignalReport } from '../theory';
import { modelRules } from './catalogue';
import type { Finding, Severity } from './finding';
import type { CatalogueEntry, RuleContext } from './rule';
import { behindOpaque } from './structure';
import { joinedWith } from './training/join';
import { trainingRules } from './training/rules';

/** How a user wants rules to be taken; a rule that is not named has its default severity. */
export interface JudgeOptions {
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** The text that the network was read from: some fixes must keep a part of it. */
  readonly text?: string;
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };

/**
 * All findings of the catalogue on one network, the worst first, then in the order of the text. What is said of layers that stand behind
 * something that was not understood is left out: what comes before them may be misread.
 */
export function judge(network: Network, report: SignalReport, options: JudgeOptions = {}): readonly Finding[] {
  const hidden = parametersBehindOpaque(network);
  const context: RuleContext = { network, report, ...(options.text !== undefined && { text: options.text }) };
  return judged(modelRules, options, (rule) =>
    rule
      .check(context)
      .filter(({ parameters }) => parameters.length === 0 || parameters.some((path) => !hidden.has(path))),
  );
}

/** All findings of the catalogue on one training script, ordered alike. `models`: those of the same text. */
export function judgeTraining(
  script: TrainingScript,
  models: readonly RuleContext[],
  options: JudgeOptions & { readonly text: string },
): readonly Finding[] {
  const context = { script, text: options.text, ...joinedWith(script, models) };
  return judged(trainingRules, options, (rule) => rule.checkTraining(context));
}

function judged<R extends CatalogueEntry>(
  rules: readonly R[],
  { severities }: JudgeOptions,
  check: (rule: R) => readonly Finding[],
): readonly Finding[] {
  return rules
    .flatMap((rule): readonly Finding[] => {
      const wanted = severities?.[rule.id];
      if (wanted === 'off') return [];
      const findings = check(rule);
      return wanted === undefined ? findings : findings.map((finding) => ({ ...finding, severity: wanted }));
    })
    .sort((a, b) => rank[a.severity] - rank[b.severity] || a.span.start.offset - b.span.start.offset);
}

/** The parameters that are used behind opaque nodes only. */
function parametersBehindOpaque(network: Network): ReadonlySet<string> {
  const opaque = behindOpaque(network);
  const hidden = new Set<string>();
  const seen = new Set<string>();
  for (const { id, op } of network.nodes)
    for (const path of parameterPaths(op)) (opaque.has(id) ? hidden : seen).add(path);
  for (const path of seen) hidden.delete(path);
  return hidden;
}
