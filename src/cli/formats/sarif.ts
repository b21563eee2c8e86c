import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Fix, Location, Log, Notification, Region, ReportingDescriptor, Result } from 'sarif';
import { allFindings, type Analysis } from '../../analysis';
import type { Note, SourceSpan } from '../../network';
import { notebookOf } from '../../readers/notebooks';
import type { CatalogueEntry, Finding, Severity } from '../../rules';
import { standardInput } from '../sources';
import { jsonText } from './json';

export interface SarifOptions {
  readonly version: string;
  readonly rules: readonly CatalogueEntry[];
  /** Paths below it are told relative to it. */
  readonly directory: string;
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** Findings as a SARIF 2.1.0 log (OASIS, 2020), with the rules' metadata and the fixes as replacements. */
export function sarifReport(analyses: readonly Analysis[], options: SarifOptions): string {
  const { version, rules, directory } = options;
  const place = locator(directory);
  const findings = analyses.flatMap((analysis) => allFindings(analysis));
  const notes = analyses.flatMap((analysis) => [
    ...analysis.notes,
    ...analysis.models.flatMap(({ network }) => network.notes),
  ]);
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'GradLens',
            version,
            rules: rules.map(descriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(directory).href}/` } },
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notes.map((note) => notification(note, place)) },
        ],
        results: findings.map((finding) => result(finding, rules, place)),
      },
    ],
  };
  return jsonText(log);
}

type Locate = (span: SourceSpan) => Location;

function descriptor({ id, title, defaultSeverity, citation }: CatalogueEntry): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title} (${citation})` },
    help: { text: `The whole explanation: gradlens explain ${id}` },
    defaultConfiguration: { level: levels[defaultSeverity] },
  };
}

function result(finding: Finding, rules: readonly CatalogueEntry[], locate: Locate): Result {
  const { rule, severity, network, span, related, message, quantity, evidence, confidence, citation, fixes } = finding;
  // An edit of a cell is none of the notebook's file.
  const inFiles = fixes.filter(({ edits }) => edits.every((edit) => notebookOf(edit.span.file) === undefined));
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: message },
    locations: [{ ...locate(span), ...(network !== '' && { logicalLocations: [{ name: network, kind: 'type' }] }) }],
    ...(related.length > 0 && { relatedLocations: related.map(locate) }),
    ...(inFiles.length > 0 && { fixes: inFiles.map((fix) => sarifFix(fix, locate)) }),
    properties: { quantity, evidence, confidence, citation },
  };
}

function sarifFix({ title, edits }: Finding['fixes'][number], locate: Locate): Fix {
  return {
    description: { text: title },
    artifactChanges: edits.map(({ span, newText }) => ({
      artifactLocation: locate(span).physicalLocation?.artifactLocation ?? {},
      replacements: [{ deletedRegion: region(span), insertedContent: { text: newText } }],
    })),
  };
}

function notification({ kind, message, span }: Note, locate: Locate): Notification {
  return {
    level: kind === 'contradiction' ? 'warning' : 'note',
    message: { text: message },
    locations: [locate(span)],
    properties: { kind },
  };
}

function region({ start, end }: SourceSpan): Region {
  return {
    startLine: start.line + 1,
    startColumn: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
  };
}

function locator(directory: string): Locate {
  // Lines of a cell are none of the notebook's file.
  const inCell = (span: SourceSpan, notebook: string): Location => ({
    physicalLocation: { artifactLocation: artifact(notebook, directory) },
    message: { text: `${span.file}, line ${span.start.line + 1}` },
  });
  const inFile = (span: SourceSpan): Location => ({
    physicalLocation: { artifactLocation: artifact(span.file, directory), region: region(span) },
  });
  return (span) => {
    const notebook = notebookOf(span.file);
    return notebook === undefined ? inFile(span) : inCell(span, notebook);
  };
}

function artifact(file: string, directory: string): ArtifactLocation {
  if (file === standardInput) return { uri: 'stdin', description: { text: 'the standard input' } };
  const path = resolve(directory, file);
  const below = relative(directory, path);
  if (below.startsWith('..') || isAbsolute(below)) return { uri: pathToFileURL(path).href };
  return { uri: below.split(sep).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}
