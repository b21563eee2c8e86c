import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pythonPath } from '../../../scripts/python';
import { families } from './families';
import { labelOf, type Label, type Measurement } from './measurement';
import type { Family, StabilityModel } from './model';

/** What is known of a model by training it. */
export interface Labelled extends Measurement {
  readonly label: Label;
  /** Of the text, its task and the trainer: where it is another, the model is trained again. */
  readonly version: string;
}

export type Labels = Readonly<Record<string, Labelled>>;

const file = join(__dirname, 'labels.json');

export const idOf = (family: Family, model: StabilityModel): string => `${family.name}: ${model.name}`;

export function readLabels(): Labels {
  return JSON.parse(readFileSync(file, 'utf8')) as Labels;
}

/** A model as train.py wants it. */
interface Trainee {
  readonly id: string;
  readonly text: string;
  readonly task: Family['task'];
  readonly gives: Family['gives'];
  readonly version: string;
}

/** Every model of the zoo. */
export function trainees(): readonly Trainee[] {
  const trainer = ['train.py', 'tasks/task.py'].map(textOf);
  return families.flatMap((family) =>
    family.models.map((model): Trainee => {
      const { task, gives } = family;
      const made = textOf(`tasks/${task === 'imagesChannelsLast' ? 'images' : task}.py`);
      const digest = createHash('sha256').update(JSON.stringify([model.text, task, gives, made, ...trainer]));
      return { id: idOf(family, model), text: model.text, task, gives, version: digest.digest('hex').slice(0, 12) };
    }),
  );
}

const textOf = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** Trains what has changed since it was labelled, and labels all by what was measured. Takes minutes where all has changed. */
export async function label(): Promise<void> {
  const models = trainees();
  const known = readLabels();
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
    writeLabels(models, labels);
  }
  writeLabels(models, labels);
}

/** One line a model, in the order of the zoo. */
function writeLabels(models: readonly Trainee[], labels: ReadonlyMap<string, Labelled>): void {
  const lines = models.flatMap(({ id }) => {
    const labelled = labels.get(id);
    return labelled ? [`${JSON.stringify(id)}: ${JSON.stringify(labelled)}`] : [];
  });
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}

interface Trained extends Measurement {
  readonly id: string;
  readonly seconds: number;
}

async function* trained(models: readonly Trainee[]): AsyncGenerator<Trained> {
  if (models.length === 0) return;
  const child = spawn(await pythonPath(), [join(__dirname, 'train.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_WAIT_POLICY: 'PASSIVE' },
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`train.py ended with code ${code ?? '?'}; see above.`));
    });
  });
  // Who stops listening early does not wait for the end.
  ended.catch(() => undefined);
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(models));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Trained;
    await ended;
  } finally {
    child.kill();
  }
}
