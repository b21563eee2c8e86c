import type { Finding, Fix, JudgeOptions } from '../rules';
import type { Analysis } from './analysis';
import type { Analyzer, SourceText } from './analyzer';
import { applyEdits } from './edits';

/** A text after its proven fixes. */
export interface Mended {
  readonly text: string;
  /** In the order in which they were applied, their titles carrying what each changed. */
  readonly applied: readonly { readonly finding: Finding; readonly fix: Fix }[];
  /** Whether time was up before all fixes had been tried. */
  readonly stopped: boolean;
}

/** What {@link mendAll} is given beside the text. */
export interface MendOptions extends JudgeOptions {
  /** Milliseconds. */
  readonly patience: number;
  /** Findings that are to be left as they are. */
  readonly leave?: (analysis: Analysis) => Analysis;
}

/**
 * Apply the proven fix of the gravest warning or error, analyse what comes of it, and so on until none is left. What is only information is
 * a matter of taste, and not mended unasked.
 */
export function mendAll(analyzer: Analyzer, source: SourceText, { patience, leave, ...options }: MendOptions): Mended {
  const end = performance.now() + patience;
  const applied: { finding: Finding; fix: Fix }[] = [];
  let text = source.text;
  for (;;) {
    const analysis = analyzer.analyze({ ...source, text }, options);
    const step = firstProven(analyzer, { ...source, text }, leave ? leave(analysis) : analysis, end);
    if (step === undefined || step === 'late') return { text, applied, stopped: step === 'late' };
    text = applyEdits(text, step.fix.edits);
    applied.push(step);
  }
}

function firstProven(
  analyzer: Analyzer,
  source: SourceText,
  { models, findings }: Analysis,
  end: number,
): { readonly finding: Finding; readonly fix: Fix } | 'late' | undefined {
  const places = [...models.map((model) => ({ model, findings: model.findings })), { model: undefined, findings }];
  for (const { model, findings } of places)
    for (const finding of findings.filter(({ severity }) => severity !== 'information'))
      for (const fix of finding.fixes) {
        if (performance.now() > end) return 'late';
        const proven = analyzer.proveFix({ ...source, model, finding, fix });
        if (proven) return { finding, fix: proven };
      }
  return undefined;
}
