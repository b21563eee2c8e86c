import type { Network } from '../network';
import type { SignalReport } from '../theory';
import type { Finding, Severity } from './finding';

/** What a rule may look at. */
export interface RuleContext {
  readonly network: Network;
  readonly report: SignalReport;
  /** The source, for fixes that must keep a part of it. */
  readonly text?: string;
}

/** One entry of the catalogue. Its documentation page is `media/rules/<id>.md`; its setting is `gradlens.rules.<id>`. */
export interface Rule {
  readonly id: string;
  /** For the settings and the table in the README. */
  readonly title: string;
  readonly defaultSeverity: Severity;
  readonly citation: string;
  check(context: RuleContext): readonly Finding[];
}
