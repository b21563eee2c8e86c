import { existsSync, readFileSync } from 'node:fs';
import { CheckpointError, measureTensor, openCheckpoint, openFile } from '../../../src/readers/checkpoints';

/** A program for tests: opens a checkpoint, passes over all of its numbers, and prints what came of it and what it took. */
async function main([path = '', worker]: readonly string[]): Promise<void> {
  let outcome = 'read';
  try {
    const checkpoint = await openCheckpoint(openFile(path), worker === undefined ? undefined : { worker });
    for (const { name } of checkpoint.tensors) await measureTensor(checkpoint.pieces(name));
    checkpoint.close();
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    outcome = error.message;
  }
  process.stdout.write(JSON.stringify({ outcome, megabytes: peakMegabytes() }));
}

/** Linux counts what the process was before it became this program into `maxRSS`; the mark of its memory does not. */
function peakMegabytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}

void main(process.argv.slice(2));
