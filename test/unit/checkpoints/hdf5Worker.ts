import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHdf5Worker } from '../../../scripts/build';
import type { Hdf5Options } from '../../../src/readers/checkpoints';

let built: Promise<string> | undefined;

/** The worker as it is shipped, built once for all tests. */
export async function hdf5Options(patience?: number): Promise<Hdf5Options> {
  built ??= build();
  return { worker: await built, ...(patience !== undefined && { patience }) };
}

function build(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'gradlens-hdf5-'));
  process.once('exit', () => rmSync(directory, { recursive: true }));
  return buildHdf5Worker(directory);
}
