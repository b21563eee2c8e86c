import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelOf, type Label, type Measurement } from './measurement';
import type { Trainee } from './trainees';
import { trained } from './training';

/** What is known of a model by training it. */
export interface Labelled extends Measurement {
  readonly label: Label;
  readonly version: string;
}

export type Labels = Readonly<Record<string, Labelled>>;

/** Of the zoo as it is written, and of its failing models after each proven fix. */
export type LabelFile = 'labels.json' | 'mended.json';

export function readLabels(file: LabelFile): Labels {
  return JSON.parse(readFileSync(join(__dirname, file), 'utf8')) as Labels;
}

/** Trains what has changed since it was labelled, and labels all by what was measured. Takes minutes where all has changed. */
export async function label(models: readonly Trainee[], file: LabelFile): Promise<void> {
  const known = readLabels(file);
  const labels = new Map<string, Labelled>();
  for (const { id, version } of models) {
    const before = known[id];
    if (before?.version === version) labels.set(id, { ...before, label: labelOf(before) });
  }
  const missing = models.filter(({ id }) => !labels.has(id));
  for await (const { id, seconds, ...measured } of trained(missing)) {
    const version = missing.find((model) => model.id === id)?.version ?? '';
    labels.set(id, { label: labelOf(measured), version, ...measured });
    console.log(`${id}: ${labelOf(measured)} (${seconds.toFixed(1)} s)`);
    // Nothing is lost where a long run is ended early.
    writeLabels(models, labels, file);
  }
  writeLabels(models, labels, file);
}

/** One line a model, in the order given. */
function writeLabels(models: readonly Trainee[], labels: ReadonlyMap<string, Labelled>, file: LabelFile): void {
  const lines = models.flatMap(({ id }) => {
    const labelled = labels.get(id);
    return labelled ? [`${JSON.stringify(id)}: ${JSON.stringify(labelled)}`] : [];
  });
  writeFileSync(join(__dirname, file), `{\n${lines.join(',\n')}\n}\n`);
}
