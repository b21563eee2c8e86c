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

/**
 * Over the class: the summary, the profile from the first layer to the last, what was found and what was not understood.
 * @param told findings that the same hover tells already
 */
export function modelHover(model: ModelAnalysis, links: HoverLinks, told: readonly Finding[] = []): string {
  const { layers, notes } = panelSnapshot(model);
  return blocks([
    `**${escape(model.network.name)}** · ${escape(summaryText(model))}`,
    profile(layers),
    table(layers.filter(({ hasWeights }) => hasWeights)),
    ...model.findings
      .filter((finding) => !told.includes(finding))
      .map(
        (finding) =>
          `${severityIcons[finding.severity]} ${escape(finding.label)} · line ${finding.span.start.line + 1} · [why](${links.explain(finding.rule)})`,
      ),
    notes.length === 0 ? '' : notes.map(({ message, line }) => `- line ${line}: ${escape(message)}`).join('\n'),
    actions(model, links),
  ]);
}

/** What else a hover over a line to blame tells. */
export interface FindingHoverParts {
  /** The messages: told where VS Code does not tell them itself, by the problem under the mouse. */
  readonly messages: boolean;
  /** The model's profile and the table of the line's layers. */
  readonly profile: boolean;
}

/** Over a line to blame: for each finding the number and what is healthy, its source and ways on; and how the signal fares. */
export function findingHover(
  findings: readonly Finding[],
  model: ModelAnalysis,
  links: HoverLinks,
  parts: FindingHoverParts,
): string {
  const { layers } = panelSnapshot(model);
  const lines = new Set(findings.map(({ span }) => span.start.line + 1));
  return blocks([
    ...findings.flatMap((finding) => findingBlocks(finding, links, parts.messages)),
    ...(parts.profile
      ? [
          profile(layers),
          table(layers.filter((layer) => layer.hasWeights && lines.has(layer.line))),
          actions(model, links),
        ]
      : []),
  ]);
}

function findingBlocks(finding: Finding, links: HoverLinks, message: boolean): string[] {
  const { quantity, evidence, confidence, citation, severity } = finding;
  const unit = quantity.unit === '' ? '' : ` ${escape(quantity.unit)}`;
  const ways = [
    `[$(book)\u00a0Explain](${links.explain(finding.rule)})`,
    ...(finding.fixes.length > 0 ? [`[$(lightbulb)\u00a0Fix](${links.fixes(finding)})`] : []),
  ];
  return [
    message ? escape(finding.message) : '',
    `${severityIcons[severity]} ${escape(quantity.name)}: **${formatNumber(quantity.value)}${unit}** · healthy: ${escape(quantity.expected)} · ${evidence.join(' and ')}, ${confidence} confidence`,
    `*${escape(citation)}* · ${ways.join(' · ')}`,
  ];
}

function actions(model: ModelAnalysis, links: HoverLinks): string {
  return `[$(beaker)\u00a0Probe](${links.probe(model)}) · [$(graph-line)\u00a0Details](${links.details(model)})`;
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
