import type { Finding } from '../../../src/rules';
import type { Labels } from './labels';
import { fails, labels as kinds, type Label } from './measurement';
import type { Reading } from './readings';

/** A model as it was measured and as it was judged. */
export interface Case extends Reading {
  readonly label: Label;
  /** The warnings and errors. */
  readonly alarms: readonly Finding[];
}

export function casesOf(readings: readonly Reading[], labels: Labels): readonly Case[] {
  return readings.map((reading) => {
    const labelled = labels[reading.id];
    if (!labelled) throw new Error(`${reading.id} is not labelled: npm run bench:stability -- --label`);
    return {
      ...reading,
      label: labelled.label,
      alarms: reading.findings.filter(({ severity }) => severity !== 'information'),
    };
  });
}

/** How well alarms tell what fails. What is slow is told apart: an alarm is neither right nor wrong there. */
export interface Score {
  readonly failing: number;
  readonly found: number;
  readonly healthy: number;
  readonly falseAlarms: number;
  readonly slow: number;
  readonly slowAlarms: number;
  /** Models that an error is told of, and those of them that do not learn at all: the others are slow, or healthy. */
  readonly errors: number;
  readonly failingErrors: number;
  /** Alarms on failing models, and those of them that name the layers at fault. */
  readonly alarms: number;
  readonly rightlyBlamed: number;
}

export function scoreOf(cases: readonly Case[]): Score {
  const [failing, healthy] = [
    cases.filter(({ label }) => fails(label)),
    cases.filter(({ label }) => label === 'trains'),
  ];
  const slow = cases.filter(({ label }) => label === 'slow');
  const alarmed = (group: readonly Case[]): number => group.filter(({ alarms }) => alarms.length > 0).length;
  const errors = cases.filter(({ alarms }) => alarms.some(({ severity }) => severity === 'error'));
  const blaming = failing.flatMap((one) => one.alarms.map((alarm) => blamesRightly(alarm, one)));
  return {
    failing: failing.length,
    found: alarmed(failing),
    healthy: healthy.length,
    falseAlarms: alarmed(healthy),
    slow: slow.length,
    slowAlarms: alarmed(slow),
    errors: errors.length,
    failingErrors: errors.filter(({ label }) => fails(label)).length,
    alarms: blaming.length,
    rightlyBlamed: blaming.filter(Boolean).length,
  };
}

/**
 * Whether most of the weights that an alarm names are at fault. Where the fault is not in how it is built, there is no group to name. An
 * alarm may well name only some of the group: one rule tells of the layers of one line.
 */
export function blamesRightly(alarm: Finding, { weights, suspects }: Case): boolean {
  const named = alarm.parameters.filter((path) => weights.includes(path));
  return named.length > 0 && named.filter((path) => suspects.has(path)).length > named.length / 2;
}

/** By measured label and by the rule that is told first, how many models. */
export function confusion(cases: readonly Case[]): ReadonlyMap<Label, ReadonlyMap<string, number>> {
  const table = new Map<Label, Map<string, number>>();
  for (const kind of kinds) {
    const row = new Map<string, number>();
    for (const { label, alarms } of cases) {
      if (label !== kind) continue;
      const told = alarms[0]?.rule ?? 'silence';
      row.set(told, (row.get(told) ?? 0) + 1);
    }
    if (row.size > 0) table.set(kind, row);
  }
  return table;
}
