import type { Network } from '../network';
import type { SignalReport } from '../theory';
import { catalogue } from './catalogue';
import type { Finding, Severity } from './finding';
import type { RuleContext } from './rule';

/** How a user wants rules to be taken; a rule that is not named has its default severity. */
export interface JudgeOptions {
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** The text that the network was read from: some fixes must keep a part of it. */
  readonly text?: string;
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };

/** All findings of the catalogue on one network, the worst first, then in the order of the text. */
export function judge(network: Network, report: SignalReport, options: JudgeOptions = {}): readonly Finding[] {
  const context: RuleContext = { network, report, ...(options.text !== undefined && { text: options.text }) };
  return catalogue
    .flatMap((rule): readonly Finding[] => {
      const wanted = options.severities?.[rule.id];
      if (wanted === 'off') return [];
      const findings = rule.check(context);
      return wanted === undefined ? findings : findings.map((finding) => ({ ...finding, severity: wanted }));
    })
    .sort((a, b) => rank[a.severity] - rank[b.severity] || a.span.start.offset - b.span.start.offset);
}
