import Table from 'cli-table3';
import { Command } from 'commander';
import { runMain } from '../../../scripts/command';
import { formatNumber } from '../../../src/rules/numbers';
import { label, readLabels, type Labels } from './labels';
import { accuracy, fails, type Label } from './measurement';
import { mendedModels } from './mending';
import type { Half } from './model';
import { readZoo } from './readings';
import { trainees } from './trainees';
import { blamesRightly, casesOf, confusion, scoreOf, type Case } from './score';

/**
 * `npm run bench:stability`: how well GradLens' warnings and errors, from source alone, tell which models of the zoo do not train. Both halves
 * are told apart: thresholds were chosen by the tuning half. With `--label` what has changed is trained first; with `--fixes` the failing models
 * are trained after each fix that GradLens offers.
 */

const halves: Readonly<Record<Half, string>> = { tuning: 'tuning half', heldOut: 'held-out half' };

const style = { head: [], border: [], compact: true };

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} % (${part} of ${whole})`;

function scoresText(cases: readonly Case[]): string {
  const table = new Table({ head: ['', ...Object.values(halves)], style });
  const scores = Object.keys(halves).map((half) => scoreOf(cases.filter((one) => one.half === half)));
  table.push(
    ['recall of those that fail', ...scores.map(({ found, failing }) => percent(found, failing))],
    ['precision, slow ones aside', ...scores.map(({ found, falseAlarms }) => percent(found, found + falseAlarms))],
    ['false alarms on the healthy', ...scores.map(({ falseAlarms, healthy }) => percent(falseAlarms, healthy))],
    [
      'alarms that blame the right layers',
      ...scores.map(({ rightlyBlamed, alarms }) => percent(rightlyBlamed, alarms)),
    ],
    ['models of an error that fail', ...scores.map(({ failingErrors, errors }) => percent(failingErrors, errors))],
    ['alarms on the slow', ...scores.map(({ slowAlarms, slow }) => percent(slowAlarms, slow))],
  );
  return table.toString();
}

function confusionText(cases: readonly Case[]): string {
  const rows = confusion(cases);
  const rules = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))].sort();
  const table = new Table({ head: ['measured', ...rules], style });
  for (const [kind, row] of rows) table.push([kind, ...rules.map((rule) => row.get(rule) ?? '')]);
  return table.toString();
}

/** What is to be looked at: misses, false alarms, wrong blame. */
function problemsOf(cases: readonly Case[]): readonly string[] {
  return cases.flatMap((one) => {
    const { id, alarms } = one;
    if (fails(one.label) && alarms.length === 0) return [`missed: ${describe(one)}`];
    if (one.label === 'trains') return alarms.map(({ rule, message }) => `false alarm: ${id}: ${rule}: ${message}`);
    if (!fails(one.label)) return [];
    const wrong = alarms.filter((alarm) => !blamesRightly(alarm, one));
    return wrong.map(({ rule, parameters }) => `wrong blame: ${id}: ${rule} names ${parameters.join(', ')}`);
  });
}

/** Which fixes make a model train that does not: of each rule, how many, and those that do not. */
async function mendingText(): Promise<string> {
  const mended = await mendedModels();
  await label(
    mended.map(({ trainee }) => trainee),
    'mended.json',
  );
  const labels = readLabels('mended.json');
  const table = new Table({ head: ['fixes of', 'models', 'train', 'slow', 'still fail'], style });
  for (const rule of new Set(mended.map((one) => one.rule))) {
    const fixes = mended.filter((one) => one.rule === rule);
    const found = fixes.map(({ trainee }) => labels[trainee.id]?.label ?? 'stalls');
    const of = (kind: (label: Label) => boolean): number => found.filter(kind).length;
    table.push([rule, fixes.length, of((one) => one === 'trains'), of((one) => one === 'slow'), of(fails)]);
  }
  const others = mended.flatMap(({ trainee: { id } }) => {
    const now = labels[id]?.label;
    return now === 'trains' || now === undefined ? [] : [`${now}: ${id}`];
  });
  return [table.toString(), ...others].join('\n');
}

function describe({ id, label: measured, report, notes }: Case): string {
  const { depth, confidence } = report;
  const gain = depth && `S = ${formatNumber(depth.logGain)}, relative ${formatNumber(depth.relativeLogGain)}`;
  return [`${id} ${measured}`, gain ?? 'gradient not followed', `${confidence} confidence`, ...notes].join('; ');
}

function measuredText(cases: readonly Case[], labels: Labels): string {
  const table = new Table({
    head: ['model', 'measured', 'SGD', 'Adam', 'S', 'relative', 'range', 'c', 'q', 'confidence', 'alarms'],
    style,
  });
  for (const { id, label: measured, report, findings } of cases) {
    const { depth, layers, signals } = report;
    const runs = labels[id]?.runs ?? [];
    const last = layers.at(-1);
    table.push([
      id,
      measured,
      accuracy(runs, 'sgd'),
      accuracy(runs, 'adam'),
      depth ? depth.logGain.toFixed(1) : '?',
      depth ? depth.relativeLogGain.toFixed(1) : '?',
      depth?.logGainRange?.map((one) => one.toFixed(0)).join('…') ?? '',
      (last && signals[last.node]?.correlation.toFixed(4)) ?? '?',
      last ? formatNumber(last.secondMoment) : '?',
      report.confidence,
      findings.map(({ rule, severity }) => `${rule} ${severity}`).join(', '),
    ]);
  }
  return table.toString();
}

async function main(): Promise<void> {
  const options = new Command('bench:stability')
    .option('--label', 'train what has changed and label it anew')
    .option('--fixes', 'train the failing models after each proven fix')
    .option('--all', 'print every model')
    .parse()
    .opts<{ label?: true; fixes?: true; all?: true }>();
  if (options.label) await label(trainees(), 'labels.json');
  const labels = readLabels('labels.json');
  const cases = casesOf(await readZoo(), labels);
  if (options.all) console.log(measuredText(cases, labels));
  for (const [half, name] of Object.entries(halves)) {
    const own = cases.filter((one) => one.half === half);
    const families = new Set(own.map(({ family }) => family));
    console.log(
      `\n${name}: ${own.length} models of ${families.size} families; by what was measured, what is told first`,
    );
    console.log([confusionText(own), ...problemsOf(own)].join('\n'));
  }
  console.log(`\n${scoresText(cases)}`);
  if (options.fixes) console.log(`\n${await mendingText()}`);
}

runMain(main);
