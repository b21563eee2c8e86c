import type { ModelAnalysis } from '../analysis';
import { formatNumber } from '../rules/numbers';
import { summaryText } from '../analysis/summary';
import type { LayerRow } from '../panels/messages';
import { panelSnapshot } from '../panels/snapshot';
import type { Finding } from '../rules';
import { severityIcons } from './icons';
import { sparkline } from './sparkline';

/** Where the links of a hover lead; each gives a link's target. */
export interface HoverLinks {
  probe(model: ModelAnalysis): string;
  details(model: ModelAnalysis): string;
  explain(rule: string): string;
  fixes(finding: Finding): string;
}

const rowsOfTable = 8;

/** What the mouse is over. */
export interface HoverPlace {
  /** The name of the model's class (or the variable that holds it). */
  readonly overModel: boolean;
  /** The findings whose line to blame it is. */
  readonly findings: readonly Finding[];
  /** Whether to tell their messages: VS Code does so itself, unless problems are hidden in the editor. */
  readonly messages: boolean;
}

/**
 * What a hover tells of one model, what matters most first, as VS Code shows a dozen lines without scrolling: the numbers that are
 * wrong, the profile from the first layer to the last, reasons and ways on, then layer by layer.
 */
export function hoverText(model: ModelAnalysis, place: HoverPlace, links: HoverLinks): string {
  const { layers, notes } = panelSnapshot(model);
  const { overModel, findings } = place;
  const lines = new Set(findings.map(({ span }) => span.start.line + 1));
  const weighted = layers.filter(({ hasWeights }) => hasWeights);
  return blocks([
    ...findings.flatMap((finding) => [place.messages ? escape(finding.message) : '', numberLine(finding)]),
    profile(weighted),
    ...findings.map((finding) => citationLine(finding, links)),
    ...(overModel
      ? [
          `**${escape(model.network.name)}** · ${escape(summaryText(model))}`,
          table(weighted),
          ...model.findings
            .filter((finding) => !findings.includes(finding))
            .map((finding) => elsewhere(finding, links)),
          notes.map(({ message, line }) => `- line ${line}: ${escape(message)}`).join('\n'),
        ]
      : [table(weighted.filter(({ line }) => lines.has(line)))]),
    `[$(beaker)\u00a0Probe](${links.probe(model)}) · [$(graph-line)\u00a0Details](${links.details(model)})`,
  ]);
}

/** What a hover tells of a finding of the training script. */
export function findingText(finding: Finding, messages: boolean, links: HoverLinks): string {
  return blocks([messages ? escape(finding.message) : '', numberLine(finding), citationLine(finding, links)]);
}

function numberLine({ quantity, evidence, confidence, severity }: Finding): string {
  const unit = quantity.unit === '' ? '' : ` ${escape(quantity.unit)}`;
  return `${severityIcons[severity]} ${escape(quantity.name)}: **${formatNumber(quantity.value)}${unit}** · healthy: ${escape(quantity.expected)} · ${evidence.join(' and ')}, ${confidence} confidence`;
}

function citationLine(finding: Finding, links: HoverLinks): string {
  const fix = finding.fixes.length > 0 ? ` · [$(lightbulb)\u00a0Fix](${links.fixes(finding)})` : '';
  return `*${escape(finding.citation)}* · [$(book)\u00a0Explain](${links.explain(finding.rule)})${fix}`;
}

function elsewhere({ label, rule, severity, span }: Finding, links: HoverLinks): string {
  return `${severityIcons[severity]} ${escape(label)} · line ${span.start.line + 1} · [$(book)\u00a0Explain](${links.explain(rule)})`;
}

/** Both profiles, from the first weight layer to the last. */
function profile(rows: readonly LayerRow[]): string {
  if (rows.filter(({ predicted }) => predicted).length < 2) return '';
  const line = (
    name: string,
    pickValue: (row: NonNullable<LayerRow['predicted']>) => LayerRow['depth'] | string,
  ): string => {
    const values = rows.map(({ predicted }) => (predicted === undefined ? undefined : Number(pickValue(predicted))));
    const known = values.filter((value) => value !== undefined);
    return `| ${name} | ${number(known[0])} | \`${sparkline(values)}\` | ${number(known.at(-1))} |`;
  };
  return [
    '| predicted | first layer | | last layer |',
    '|:--|--:|:-:|:--|',
    line('variance q', ({ secondMoment }) => secondMoment),
    line('gradient norm', ({ gradientNorm }) => gradientNorm),
  ].join('\n');
}

/** Layer by layer; the middle of a deep network is left out. */
function table(rows: readonly LayerRow[]): string {
  if (rows.length === 0 || rows.every(({ predicted }) => predicted === undefined)) return '';
  const cells = rows.map(({ path, kind, line, predicted, predictedGain }) => {
    const values = [predicted?.secondMoment, predictedGain, predicted?.gradientNorm];
    return `| ${escape(path)} | ${escape(kind)} | ${line} | ${values.map((value) => number(value === undefined ? undefined : Number(value))).join(' | ')} |`;
  });
  const half = rowsOfTable / 2;
  const shown =
    cells.length <= rowsOfTable + 1
      ? cells
      : [...cells.slice(0, half), `| *… ${cells.length - rowsOfTable} more* | | | | | |`, ...cells.slice(-half)];
  return ['| layer | operation | line | variance q | √χ | gradient norm |', '|:--|:--|--:|--:|--:|--:|', ...shown].join(
    '\n',
  );
}

function number(value: number | undefined): string {
  return value === undefined ? '–' : formatNumber(value);
}

function blocks(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Text of the user's file must not become markup, nor a link. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>$~&]/g, '\\$&');
}
