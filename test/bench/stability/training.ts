import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pythonPath } from '../../../scripts/python';
import type { Measurement } from './measurement';
import type { Trainee } from './trainees';

export interface Trained extends Measurement {
  readonly id: string;
  readonly seconds: number;
}

/** Trains models one after the other, each told as soon as it is known. @throws Error where a text does not run */
export async function* trained(models: readonly Trainee[]): AsyncGenerator<Trained> {
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
