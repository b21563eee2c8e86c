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
  /** Of what the training script in the text does. */
  readonly findings: readonly Finding[];
  /** What was not understood outside any model (a file that does not parse, …). */
  readonly notes: readonly Note[];
}

/** Everything that is found in a text: in its models, each in its turn, then in its training script. */
export function allFindings({ models, findings }: Analysis): readonly Finding[] {
  return [...models.flatMap((model) => model.findings), ...findings];
}
