import { createAnalyzer, type Analysis, type Analyzer, type ModelAnalysis } from '../analysis';
import { withSpans } from '../network';
import { createReader, type FileProvider } from '../readers';
import type { Finding, JudgeOptions } from '../rules';
import type { Assets } from './assets';
import type { SourceFile } from './sources';

/** A source, what it may import, and which one model of it is meant: see the analyser. */
export type Source = SourceFile & { readonly files?: FileProvider; readonly expression?: string | undefined };

/** The analyser with its parser, from the files of the build. */
export async function loadAnalyzer({ treeSitterWasm, pythonWasm, grammar }: Assets): Promise<Analyzer> {
  return createAnalyzer(await createReader({ treeSitterWasm, pythonWasm, grammar }));
}

/** Milliseconds for one file: nobody waits for the next key, and a large library may be followed. */
export const timeLimit = 10_000;

/** The analysis of a text with those fixes only that were proven to mend their finding; of a notebook, with its places told by cells. */
export async function analyzeAndProve(
  analyzer: Analyzer,
  { notebook, ...text }: Source,
  options: JudgeOptions,
): Promise<Analysis> {
  const source = { ...text, timeLimit };
  await analyzer.prepare(source);
  const analysis = analyzer.analyze(source, options);
  const prove = (findings: readonly Finding[], model?: ModelAnalysis): readonly Finding[] =>
    findings.map((finding) => ({
      ...finding,
      fixes: finding.fixes.flatMap((fix) => analyzer.proveFix({ ...source, model, finding, fix }) ?? []),
    }));
  const models = analysis.models.map((model) => ({ ...model, findings: prove(model.findings, model) }));
  const proven = { ...analysis, models, findings: prove(analysis.findings) };
  return notebook ? withSpans(proven, (span) => notebook.inCell(span)) : proven;
}
