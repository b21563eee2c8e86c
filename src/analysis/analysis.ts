import type { Network, Note } from '../network';
import type { Finding } from '../rules';
import type { SignalReport } from '../theory';

/** One model of a file, read, predicted and judged. */
export interface ModelAnalysis {
  readonly network: Network;
  readonly report: SignalReport;
  /** Ordered by severity, then by place. Each fix is as the rule wrote it; see `proveFix`. */
  readonly findings: readonly Finding[];
}

/** All that GradLens says of one source text. */
export interface Analysis {
  readonly file: string;
  readonly models: readonly ModelAnalysis[];
  /** What was not understood outside any model (a file that does not parse, …). */
  readonly notes: readonly Note[];
}
