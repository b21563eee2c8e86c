import { createAnalyzer, type Analysis, type Analyzer, type SourceText } from '../analysis';
import { createReader } from '../readers';
import type { JudgeOptions } from '../rules';
import type { Assets } from './assets';

/** The analyser with its parser, from the files of the build. */
export async function loadAnalyzer({ treeSitterWasm, pythonWasm }: Assets): Promise<Analyzer> {
  return createAnalyzer(await createReader({ treeSitterWasm, pythonWasm }));
}

/** Milliseconds for one file: nobody waits for the next key, and a large library may be followed. */
const timeLimit = 10_000;

/** The analysis of a text with those fixes only that were proven to mend their finding. */
export function analyzeAndProve(analyzer: Analyzer, text: SourceText, options: JudgeOptions): Analysis {
  const source = { ...text, timeLimit };
  const analysis = analyzer.analyze(source, options);
  const models = analysis.models.map((model) => ({
    ...model,
    findings: model.findings.map((finding) => ({
      ...finding,
      fixes: finding.fixes.flatMap((fix) => analyzer.proveFix({ ...source, model, finding, fix }) ?? []),
    })),
  }));
  return { ...analysis, models };
}
