import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from './families';
import type { Family, StabilityModel } from './model';

/** A model as train.py wants it. */
export interface Trainee {
  readonly id: string;
  readonly text: string;
  readonly task: Family['task'];
  readonly gives: Family['gives'];
  /** Of the text, its task and the trainer: what was measured of another version is measured anew. */
  readonly version: string;
}

export const idOf = (family: Family, model: StabilityModel): string => `${family.name}: ${model.name}`;

/** Every model of the zoo, in its order. */
export function trainees(): readonly Trainee[] {
  return families.flatMap((family) => family.models.map((model) => traineeOf(idOf(family, model), model.text, family)));
}

export function traineeOf(id: string, text: string, { task, gives }: Family): Trainee {
  const files = ['train.py', 'tasks/task.py', `tasks/${task === 'imagesChannelsLast' ? 'images' : task}.py`];
  const [trainer = '', base = '', made = ''] = files.map((name) => readFileSync(join(__dirname, name), 'utf8'));
  const digest = createHash('sha256').update(JSON.stringify([text, task, gives, made, trainer, base]));
  return { id, text, task, gives, version: digest.digest('hex').slice(0, 12) };
}
