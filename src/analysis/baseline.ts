import type { Finding } from '../rules';
import { allFindings, type Analysis } from './analysis';

/** Findings that are known and not told again. A finding is known by its rule, its model and its parameters, not by its line. */
export interface Baseline {
  readonly findings: readonly KnownFinding[];
}

interface KnownFinding {
  /** The source's path as seen from the directory of the baseline, with forward slashes. */
  readonly file: string;
  readonly rule: string;
  readonly model: string;
  readonly parameters: readonly string[];
}

/** The name under which the editor looks for one, at the root of a workspace folder. */
export const baselineName = '.gradlens-baseline.json';

/** A text that is no baseline; the message is for people. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/** All findings of the analyses, as the text of a baseline. `nameOf` tells a file's path as seen from where the baseline will lie. */
export function baselineText(analyses: readonly Analysis[], nameOf: (file: string) => string): string {
  const findings = analyses.flatMap((analysis) =>
    allFindings(analysis).map((finding) => knownFinding(finding, nameOf(analysis.file))),
  );
  return `${JSON.stringify({ version: 1, findings }, undefined, 2)}\n`;
}

/** @throws BaselineError where the text is none */
export function parseBaseline(text: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BaselineError('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || !('findings' in value) || !Array.isArray(value.findings))
    throw new BaselineError('it has no list of findings');
  if (!('version' in value) || value.version !== 1) throw new BaselineError('it is not of version 1');
  const findings: readonly unknown[] = value.findings;
  return {
    findings: findings.map((entry, index) => {
      if (!isKnownFinding(entry)) throw new BaselineError(`its finding ${index + 1} is not one`);
      return entry;
    }),
  };
}

/** The analysis without the findings that the baseline knows of this file. */
export function withoutKnown(analysis: Analysis, baseline: Baseline, name: string): Analysis {
  const known = new Set(baseline.findings.filter(({ file }) => file === name).map(keyOf));
  if (known.size === 0) return analysis;
  const isNew = (finding: Finding): boolean => !known.has(keyOf(knownFinding(finding, name)));
  const models = analysis.models.map((model) => ({ ...model, findings: model.findings.filter(isNew) }));
  return { ...analysis, models, findings: analysis.findings.filter(isNew) };
}

function knownFinding({ rule, network, parameters }: Finding, file: string): KnownFinding {
  return { file, rule, model: network, parameters };
}

function keyOf({ rule, model, parameters }: KnownFinding): string {
  return JSON.stringify([rule, model, parameters.toSorted()]);
}

function isKnownFinding(value: unknown): value is KnownFinding {
  if (typeof value !== 'object' || value === null) return false;
  if (!('file' in value && 'rule' in value && 'model' in value && 'parameters' in value)) return false;
  const { file, rule, model, parameters } = value;
  const paths: readonly unknown[] = Array.isArray(parameters) ? parameters : [undefined];
  return [file, rule, model, ...paths].every((entry) => typeof entry === 'string');
}
