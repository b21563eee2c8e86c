import type { ModelAnalysis } from '../analysis';
import { formatNumber } from '../rules/numbers';
import { summaryText } from '../analysis/summary';
import type { LayerRow } from '../panels/messages';
import { panelSnapshot } from '../panels/snapshot';
import type { Finding } from '../rules';
import { sparkline } from './sparkline';

/** Where the links of a hover lead; each gives a link's target. */
export interface HoverLinks {
  probe(model: ModelAnalysis): string;
  details(model: ModelAnalysis): string;
  explain(rule: string): string;
  fixes(finding: Finding): string;
}

const severityIcons: Readonly<Record<Finding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  information: 'info',
};
const rowsOfTable = 8;

/** Over the class: the summary, the profile from the first layer to the last, what was found and what was not understood. */
export function modelHover(model: ModelAnalysis, links: HoverLinks): string {
  const { layers, notes } = panelSnapshot(model);
  return blocks([
    `**${escape(model.network.name)}** · ${escape(summaryText(model))}`,
    profile(layers),
    table(layers.filter(({ hasWeights }) => hasWeights)),
    ...model.findings.map(
      (finding) =>
        `$(${severityIcons[finding.severity]}) ${escape(finding.label)} · line ${finding.span.start.line + 1} · [why](${links.explain(finding.rule)})`,
    ),
    notes.length === 0 ? '' : notes.map(({ message, line }) => `- line ${line}: ${escape(message)}`).join('\n'),
    `[$(beaker) Probe](${links.probe(model)}) · [$(graph-line) Details](${links.details(model)})`,
  ]);
}

/** Over a line to blame: the message, the number and what is healthy, the profile of the line's layers, the reason and its source. */
export function findingHover(finding: Finding, model: ModelAnalysis, links: HoverLinks): string {
  const { quantity, evidence, confidence, citation, span } = finding;
  const line = span.start.line + 1;
  const { layers } = panelSnapshot(model);
  const here = layers.filter((layer) => layer.hasWeights && layer.line === line);
  return blocks([
    `$(${severityIcons[finding.severity]}) ${escape(finding.message)}`,
    `${escape(quantity.name)}: **${formatNumber(quantity.value)}${quantity.unit === '' ? '' : ` ${escape(quantity.unit)}`}** (healthy: ${escape(quantity.expected)}) · ${evidence.join(' and ')}, ${confidence} confidence`,
    profile(layers),
    table(here),
    `*${escape(citation)}*`,
    [
      `[$(book) Explain](${links.explain(finding.rule)})`,
      ...(finding.fixes.length > 0 ? [`[$(lightbulb) Fix](${links.fixes(finding)})`] : []),
      `[$(beaker) Probe](${links.probe(model)})`,
      `[$(graph-line) Details](${links.details(model)})`,
    ].join(' · '),
  ]);
}

/** Both profiles, from the first weight layer to the last. */
function profile(layers: readonly LayerRow[]): string {
  const rows = layers.filter(({ hasWeights }) => hasWeights);
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
