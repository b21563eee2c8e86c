import type { Network, Note, TrainingScript } from '../network';
import type { FileProvider } from '../readers';
import { judge, judgeTraining, type Fix, type JudgeOptions } from '../rules';
import type { SignalReport } from '../theory';
import type { Analysis, ModelAnalysis } from './analysis';
import { applyEdits } from './edits';
import { findingAtHome, noteAtHome } from './home';
import { ignoreNotes, withoutIgnored } from './ignoredLines';
import { provenFix, type Claim } from './proof';
import { Reports } from './reports';

/** A text and the name that all spans in the answer carry. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** VS Code's name of the language, where the file's name does not tell. */
  readonly language?: string | undefined;
  /** Where the modules are that the text imports. */
  readonly files?: FileProvider | undefined;
  /** Read this one model instead of all that the text holds: an expression such as `resnet18()`; see the reader. */
  readonly expression?: string | undefined;
  /** Milliseconds for reading it; see the reader. */
  readonly timeLimit?: number | undefined;
}

/** What the analyser needs of a reader: it never throws on the user's text. */
export interface ModelReader {
  prepare(source: SourceText): Promise<void>;
  read(source: SourceText & { readonly model?: string | undefined }): {
    readonly networks: readonly Network[];
    readonly notes: readonly Note[];
    readonly training?: TrainingScript | undefined;
  };
}

/** A fix that claims to mend `finding` of `model` in the text. */
export interface FixClaim extends SourceText, Claim {}

/** The way through: source text → networks → signal reports → findings. */
export interface Analyzer {
  /** To be awaited before a text is analysed: loads what its language needs. @throws Error where that cannot be loaded */
  prepare(source: SourceText): Promise<void>;
  analyze(source: SourceText, options?: JudgeOptions): Analysis;
  /** The fix, its title carrying what it changes; undefined where it mends nothing: see {@link provenFix}. */
  proveFix(claim: FixClaim): Fix | undefined;
}

export function createAnalyzer(reader: ModelReader): Analyzer {
  const reports = new Reports();
  const analyze = (source: SourceText, options?: JudgeOptions): Analysis => {
    const { networks, notes, training } = reader.read({ ...source, model: source.expression });
    const predicted = reports.of(source.file, networks);
    const judging = { ...options, text: source.text };
    const models = networks.flatMap((network, index) => {
      const report = predicted[index];
      return report ? [analyzeModel(network, report, source, judging)] : [];
    });
    const told = training ? judgeTraining(training, models, judging) : [];
    const findings = withoutIgnored(told, source.file, source.text);
    return { file: source.file, models, findings, notes: [...notes, ...ignoreNotes(source.file, source.text)] };
  };
  return {
    prepare: (source) => reader.prepare(source),
    analyze,
    proveFix: ({ model, finding, fix, ...source }) => {
      const before = analyze(source);
      const after = analyze({ ...source, text: applyEdits(source.text, fix.edits) });
      return provenFix({ model, finding, fix }, before, after);
    },
  };
}

function analyzeModel(
  network: Network,
  report: SignalReport,
  { file, text }: SourceText,
  options: JudgeOptions,
): ModelAnalysis {
  const judged = judge(network, report, options).map((finding) => findingAtHome(finding, network, file));
  const findings = withoutIgnored(judged, file, text);
  const notes = network.notes.map((note) => noteAtHome(note, network, file));
  return { network: { ...network, notes }, report, findings };
}
