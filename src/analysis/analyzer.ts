import type { Network, Note } from '../network';
import type { FileProvider } from '../readers';
import { judge, type Finding, type Fix, type JudgeOptions } from '../rules';
import type { SignalReport } from '../theory';
import type { Analysis, ModelAnalysis } from './analysis';
import { applyEdits } from './edits';
import { findingAtHome, noteAtHome } from './home';
import { Reports } from './reports';
import { formatNumber } from '../rules/numbers';

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
  };
}

/** A fix that claims to mend `finding` of `model` in the text. */
export interface FixClaim extends SourceText {
  readonly model: ModelAnalysis;
  readonly finding: Finding;
  readonly fix: Fix;
}

/** The way through: source text → networks → signal reports → findings. */
export interface Analyzer {
  /** To be awaited before a text is analysed: loads what its language needs. @throws Error where that cannot be loaded */
  prepare(source: SourceText): Promise<void>;
  analyze(source: SourceText, options?: JudgeOptions): Analysis;
  /** The fix, its title carrying what it changes; undefined where the mended text still has the finding, or has a new one. */
  proveFix(claim: FixClaim): Fix | undefined;
}

export function createAnalyzer(reader: ModelReader): Analyzer {
  const reports = new Reports();
  const analyze = (source: SourceText, options?: JudgeOptions): Analysis => {
    const { networks, notes } = reader.read({ ...source, model: source.expression });
    const predicted = reports.of(source.file, networks);
    const judging = { ...options, text: source.text };
    const models = networks.flatMap((network, index) => {
      const report = predicted[index];
      return report ? [analyzeModel(network, report, source.file, judging)] : [];
    });
    return { file: source.file, models, notes };
  };
  return {
    prepare: (source) => reader.prepare(source),
    analyze,
    proveFix: ({ model, finding, fix, ...source }) => {
      const before = analyze(source);
      const after = analyze({ ...source, text: applyEdits(source.text, fix.edits) });
      const mended = after.models.find(({ network }) => network.name === model.network.name);
      if (!mended || after.notes.length > before.notes.length) return undefined;
      if (mended.network.notes.length > model.network.notes.length) return undefined;
      if (countOf(finding.rule, after) >= countOf(finding.rule, before)) return undefined;
      if (bringsNew(before, after)) return undefined;
      return { ...fix, title: titleWithChange(fix.title, model, mended) };
    },
  };
}

function analyzeModel(network: Network, report: SignalReport, file: string, options: JudgeOptions): ModelAnalysis {
  const findings = judge(network, report, options).map((finding) => findingAtHome(finding, network, file));
  const notes = network.notes.map((note) => noteAtHome(note, network, file));
  return { network: { ...network, notes }, report, findings };
}

const countOf = (rule: string, { models }: Analysis): number =>
  models.flatMap(({ findings }) => findings).filter((finding) => finding.rule === rule).length;

/** Whether the mended text has more of some warning or error than the text before. */
function bringsNew(before: Analysis, after: Analysis): boolean {
  const serious = after.models.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'information');
  return serious.some(({ rule }) => countOf(rule, after) > countOf(rule, before));
}

function titleWithChange(title: string, before: ModelAnalysis, after: ModelAnalysis): string {
  const [from, to] = [before.report.depth, after.report.depth];
  if (!from || !to || Math.abs(from.logGain - to.logGain) < 0.1) return title;
  return `${title}: gradient over depth ${formatNumber(from.gain)} → ${formatNumber(to.gain)}`;
}
