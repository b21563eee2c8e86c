import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { createAnalyzer, type Analyzer } from '../../src/analysis';
import { sharedReader } from '../unit/readers/support/reader';
import { checkAnalysis } from './invariants';
import { mutations } from './mutation';

/**
 * `npm run fuzz`: mutated and truncated model files through reader, theory and rules. No crash, no hang, nothing judged behind what
 * is not understood. The seed is printed, and `--seed` runs the same files again.
 */

const root = resolve(__dirname, '../..');
const folders = [
  'examples',
  'test/unit/readers/golden',
  'test/unit/readers/tfjs/models',
  'test/parity/models',
  'test/parity/keras',
];
/** Nobody waits longer than this, in milliseconds. */
const longest = 250;
/** Other programs of the machine take their time from ours: only a text that is slow so many times in a row is slow. */
const attempts = 3;

interface Sample {
  readonly file: string;
  readonly text: string;
}

const read = new Set(['.py', '.js', '.ts', '.json']);

function corpus(): readonly Sample[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => read.has(extname(name)))
      .map((name) => ({ file: name, text: readFileSync(join(root, folder, name), 'utf8') })),
  );
}

/** Milliseconds of one analysis, which holds what must hold. */
function timed(analyzer: Analyzer, sample: Sample): number {
  const start = performance.now();
  const analysis = analyzer.analyze(sample);
  const elapsed = performance.now() - start;
  checkAnalysis(analysis);
  return elapsed;
}

function fastest(analyzer: Analyzer, sample: Sample): number {
  let best = Infinity;
  for (let attempt = 0; attempt < attempts && best > longest; attempt++) best = Math.min(best, timed(analyzer, sample));
  return best;
}

async function main(): Promise<void> {
  const program = new Command('fuzz')
    .option('--runs <number>', 'files', Number, 10_000)
    .option('--seed <number>', 'draws the files', Number, Date.now() % 2 ** 31)
    .parse();
  const { runs, seed } = program.opts<{ runs: number; seed: number }>();
  const analyzer = createAnalyzer(await sharedReader());
  const samples = corpus();
  for (const sample of samples) {
    await analyzer.prepare(sample);
    timed(analyzer, sample);
  }
  console.log(`${runs} mutated files from ${samples.length}, seed ${seed}`);

  const times: number[] = [];
  let found = 0;
  const property = fc.property(fc.constantFrom(...samples), mutations, ({ file, text }, mutate) => {
    const sample = { file, text: mutate(text) };
    const elapsed = fastest(analyzer, sample);
    times.push(elapsed);
    found += 1;
    if (elapsed > longest) throw new Error(`It took ${elapsed.toFixed(0)} ms.`);
  });
  const result = fc.check(property, { numRuns: runs, seed });
  times.sort((a, b) => a - b);
  const quantile = (share: number): string => `${(times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(1)} ms`;
  console.log(
    `${found} analysed: p50 ${quantile(0.5)}, p99 ${quantile(0.99)}, worst ${quantile(1)} (bound ${longest} ms)`,
  );
  if (!result.failed) {
    console.log('No crash, no hang, no finding on an opaque path.');
    return;
  }
  console.error(result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance));
  if (result.counterexample) {
    const [{ file, text }, mutate] = result.counterexample;
    const failure = join(root, 'out', 'fuzz', file);
    mkdirSync(dirname(failure), { recursive: true });
    writeFileSync(failure, mutate(text));
    console.error(`Failed after ${result.numRuns} files and ${result.numShrinks} steps of simplification: ${failure}`);
  }
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
