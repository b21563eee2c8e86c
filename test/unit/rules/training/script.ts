import { allFindings, applyEdits, createAnalyzer, type Analysis, type Analyzer } from '../../../../src/analysis';
import { sharedReader } from '../../readers/support/reader';

let analyzer: Analyzer;

/** The analyser must be there before the first test that asks it: call it where a suite is described. */
export function withAnalyzer(): void {
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
  });
}

export const analyzed = (text: string): Analysis => analyzer.analyze({ file: 'train.py', text });

/** What is found in a training script: `severity rule line`. */
export const found = (text: string): readonly string[] =>
  analyzed(text).findings.map(({ severity, rule, span }) => `${severity} ${rule} ${span.start.line + 1}`);

/** Warnings and errors of everything, models too. */
export const alarms = (text: string): readonly string[] =>
  allFindings(analyzed(text)).flatMap(({ severity, rule, message, span }) =>
    severity === 'information' ? [] : [`${rule} in line ${span.start.line + 1}: ${message}`],
  );

/** The text after the first proven fix of the only finding of a rule. */
export function mended(text: string, rule: string): string | undefined {
  const finding = analyzed(text).findings.find((one) => one.rule === rule);
  const [fix] = finding?.fixes ?? [];
  if (!finding || !fix) return undefined;
  const source = { file: 'train.py', text };
  const proven = analyzer.proveFix({ ...source, model: undefined, finding, fix });
  return proven && applyEdits(text, proven.edits);
}
