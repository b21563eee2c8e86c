import Table from 'cli-table3';
import type { Constructor } from './catalogue';
import type { Judged } from './judge';

type Kind = Judged['verdict']['kind'];

/** The numbers of a group of constructors. */
type Counts = Readonly<Record<Kind | 'total', number>>;

function countsOf(judged: readonly Judged[]): Counts {
  const count = (kind: Kind): number => judged.filter(({ verdict }) => verdict.kind === kind).length;
  return {
    exact: count('exact'),
    inPart: count('inPart'),
    notRead: count('notRead'),
    wrong: count('wrong'),
    notMade: count('notMade'),
    total: judged.length,
  };
}

/** Exact ones among those that the framework makes. */
export function exactShare(judged: readonly Judged[]): number {
  const { exact, total, notMade } = countsOf(judged);
  return exact / Math.max(total - notMade, 1);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function groupBy(
  judged: readonly Judged[],
  keyOf: (one: Constructor) => string,
): ReadonlyMap<string, readonly Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const key = keyOf(one.constructor);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

const rowOf = (name: string, { exact, inPart, notRead, wrong, notMade, total }: Counts): (string | number)[] => [
  name,
  total,
  exact,
  inPart,
  notRead,
  wrong,
  notMade,
];

const header = ['family', 'constructors', 'exact', 'in part', 'not read', 'wrong', 'not made'];

function rows(judged: readonly Judged[]): readonly (readonly (string | number)[])[] {
  const families = groupBy(judged, ({ framework, family }) =>
    framework === family ? framework : `${framework}/${family}`,
  );
  const frameworks = groupBy(judged, ({ framework }) => framework);
  return [
    ...[...families].map(([family, group]) => rowOf(family, countsOf(group))),
    ...[...frameworks].map(([framework, group]) => rowOf(`all of ${framework}`, countsOf(group))),
    rowOf('all', countsOf(judged)),
  ];
}

/** For the terminal. */
export function tableOf(judged: readonly Judged[]): string {
  const table = new Table({ head: header, style: { head: [], border: [], compact: true } });
  for (const row of rows(judged)) table.push([...row]);
  return `${table.toString()}\nExact: ${percent(exactShare(judged))} of the constructors that the frameworks make.`;
}

/** A reason and the constructors that it stands in the way of. */
export interface ReasonCount {
  readonly reason: string;
  readonly constructors: readonly string[];
}

/** The most frequent first. */
export function aggregate(
  judged: readonly Judged[],
  reasonsOf: (one: Judged) => readonly string[],
): readonly ReasonCount[] {
  const ids = new Map<string, Set<string>>();
  for (const one of judged)
    for (const reason of reasonsOf(one).map((told) => general(told, one.constructor))) {
      const known = ids.get(reason) ?? new Set();
      ids.set(reason, known.add(one.constructor.id));
    }
  return [...ids]
    .map(([reason, constructors]) => ({ reason, constructors: [...constructors] }))
    .sort((a, b) => b.constructors.length - a.constructors.length || a.reason.localeCompare(b.reason));
}

/** A reason without what differs from one model to the next: its name, and numbers in paths. */
function general(reason: string, { id, expression }: Constructor): string {
  const name = id.slice(id.indexOf('/') + 1);
  return reason
    .replaceAll(expression, '…')
    .replaceAll(name, '…')
    .replaceAll(/`[\w.]+`/g, (path) => path.replaceAll(/\b\d+\b/g, '#'));
}

/** Why a constructor is not exact. */
export function reasonsOf({ verdict }: Judged): readonly string[] {
  return verdict.kind === 'exact' || verdict.kind === 'notMade' ? [] : verdict.reasons;
}

export const opaqueReasonsOf = ({ graph }: Judged): readonly string[] => graph?.opaque ?? [];
export const contradictionsOf = ({ graph }: Judged): readonly string[] => graph?.contradictions ?? [];

/** The whole report in Markdown. */
export function markdownOf(judged: readonly Judged[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const wrong = judged.flatMap(({ constructor, verdict }) =>
    verdict.kind === 'wrong' ? [{ id: constructor.id, errors: verdict.errors }] : [],
  );
  const notMade = judged.flatMap(({ constructor, verdict }) =>
    verdict.kind === 'notMade' ? [`- ${constructor.id}: ${verdict.error.trim().split('\n').at(-1) ?? ''}`] : [],
  );
  const slowest = [...judged].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 10);
  return [
    '# Parity of reading',
    `Exact: **${percent(exactShare(judged))}** of the constructors that the frameworks make.`,
    [line(header), line(header.map(() => '---')), ...rows(judged).map(line)].join('\n'),
    '## Wrong',
    ...wrong.map(({ id, errors }) => [`- ${id}`, ...list(errors, 8).map((error) => `  - ${error}`)].join('\n')),
    '## What stands in the way, most frequent first',
    frequencies(aggregate(judged, reasonsOf)),
    '## Called impossible, in models that run',
    frequencies(aggregate(judged, contradictionsOf)),
    '## Opaque in `forward`',
    frequencies(aggregate(judged, opaqueReasonsOf)),
    '## Not made by the framework',
    notMade.join('\n'),
    '## Slowest to read',
    slowest.map(({ constructor, milliseconds }) => `- ${constructor.id}: ${milliseconds.toFixed(0)} ms`).join('\n'),
    '## Not exact',
    judged
      .filter(({ verdict }) => verdict.kind === 'inPart' || verdict.kind === 'notRead')
      .map((one) => `- ${one.constructor.id} (${one.verdict.kind}): ${list(reasonsOf(one), 3).join('; ')}`)
      .join('\n'),
    '',
  ].join('\n\n');
}

function frequencies(counts: readonly ReasonCount[]): string {
  return counts
    .map(({ reason, constructors }) => `- ${constructors.length}× ${reason} (${list(constructors, 3).join(', ')})`)
    .join('\n');
}

function list(items: readonly string[], most: number): readonly string[] {
  return items.length > most ? [...items.slice(0, most), `… and ${items.length - most} more`] : items;
}
