import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { buildProbeChild } from '../../scripts/build';
import type { Network } from '../../src/network';
import { ProbeClient } from '../../src/probes/client';
import type { BackendName, ProbeKind } from '../../src/probes/protocol';
import { deepTanhMlp, readExample, resNet, type Example } from '../parity/examples';
import { referenceTimes, requestOf, type ReferenceTimes } from '../parity/reference';

/**
 * The time of both probes on the example MLP and ResNet, on every backend, and PyTorch's for the same work, in one run.
 * Cold: from the start of the child to the answer. Warm: the median of repeats in a running child.
 */

const PROBES: readonly ProbeKind[] = ['gradientNorms', 'jacobianSpectrum'];
const BACKENDS: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];
const REPEATS = 5;

interface Subject {
  readonly example: Example;
  readonly network: Network;
  readonly torch1: ReferenceTimes;
  readonly torch2: ReferenceTimes;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

const milliseconds = (time: number): string => (Number.isNaN(time) ? '-' : time.toFixed(time < 10 ? 1 : 0));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** NaN where the backend does not load. */
async function measure(program: string, backend: BackendName, probe: ProbeKind, { example, network, torch1 }: Subject) {
  const request = requestOf(probe, example, network, torch1);
  const client = new ProbeClient({ program, backend });
  try {
    const cold = await timed(() => client.probe(request));
    // The plain backend is the oracle of the tests; one repeat tells enough of it.
    const repeats = backend === 'cpu' ? 1 : REPEATS;
    const warm: number[] = [];
    for (let i = 0; i < repeats; i++) warm.push(await timed(() => client.probe(request)));
    return { cold, warm: median(warm) };
  } catch (error) {
    console.error(`${backend}: ${error instanceof Error ? error.message : String(error)}`);
    return { cold: NaN, warm: NaN };
  } finally {
    await client.dispose();
  }
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'gradlens-bench-'));
  try {
    const program = await buildProbeChild(directory);
    const table = new Table({
      head: ['probe, ms', ...BACKENDS.flatMap((name) => [`${name} cold`, 'warm']), 'PyTorch 1 thread', '2 threads'],
      colAligns: ['left', ...BACKENDS.flatMap(() => ['right', 'right'] as const), 'right', 'right'],
      style: { head: [], border: [] },
    });
    for (const example of [deepTanhMlp, resNet]) {
      const network = await readExample(example);
      const torch1 = await referenceTimes(example, network, 1, REPEATS);
      const torch2 = await referenceTimes(example, network, 2, REPEATS);
      for (const probe of PROBES) {
        const row: string[] = [];
        for (const backend of BACKENDS) {
          const { cold, warm } = await measure(program, backend, probe, { example, network, torch1, torch2 });
          row.push(milliseconds(cold), milliseconds(warm));
        }
        const torch = [torch1, torch2].map(({ seconds }) => milliseconds(1000 * seconds[probe]));
        table.push([`${example.construct} ${probe}`, ...row, ...torch]);
      }
    }
    console.log(table.toString());
    console.log('The networks of examples/, batches of 64 and 32. PyTorch in float32, without its start.');
  } finally {
    await rm(directory, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
