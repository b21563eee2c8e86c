import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createAnalyzer } from '../../src/analysis';
import { createReader, type Reader } from '../../src/readers';
import { modelFile } from './modelFile';

/**
 * Time after an edit, a key typed somewhere in the file: until it is read again (goal: p95 under 16 ms), and until it is predicted and judged
 * as well. On a file of several models in 400 lines, on one of a single model, and on those that are given as arguments.
 */

const lines = 400;
const edits = 400;
const warmUp = 40;

async function main(): Promise<void> {
  const startLoad = performance.now();
  const [treeSitterWasm, pythonWasm] = await Promise.all([
    readFile(resolve('dist/web-tree-sitter.wasm')),
    readFile(resolve('dist/tree-sitter-python.wasm')),
  ]);
  const reader = await createReader({ treeSitterWasm, pythonWasm });
  console.log(`After an edit, ${edits} edits each (goal: read again in under 16 ms p95)`);
  console.log(`  parser loaded in ${(performance.now() - startLoad).toFixed(0)} ms`);
  measure(reader, 'models.py', modelFile(lines));
  const single = join('test', 'parity', 'models', 'nano_gpt.py');
  for (const file of [single, ...process.argv.slice(2)]) measure(reader, basename(file), await readFile(file, 'utf8'));
}

function measure(reader: Reader, file: string, text: string): void {
  let reading = 0;
  const analyzer = createAnalyzer({
    ...reader,
    read: (file) => {
      const start = performance.now();
      const result = reader.read(file);
      reading = performance.now() - start;
      return result;
    },
  });
  const begin = performance.now();
  const first = analyzer.analyze({ file, text });
  const cold = performance.now() - begin;
  const readAgain: number[] = [];
  const judgedAgain: number[] = [];
  for (let edit = 0; edit < warmUp + edits; edit++) {
    // The keys go over the whole text by a stride that shares no factor with it; every second one is taken back.
    const at = (edit * 7919) % text.length;
    const current = edit % 2 === 0 ? `${text.slice(0, at)}${'4x ('[(edit / 2) % 4] ?? ' '}${text.slice(at)}` : text;
    const start = performance.now();
    analyzer.analyze({ file, text: current });
    if (edit < warmUp) continue;
    judgedAgain.push(performance.now() - start);
    readAgain.push(reading);
  }
  const nodes = first.models.reduce((sum, { network }) => sum + network.nodes.length, 0);
  console.log(
    `  ${file}, ${text.split('\n').length} lines, models ${first.models.length}, operations ${nodes}: first ${cold.toFixed(0)} ms; ` +
      `read again ${quantiles(readAgain)}; predicted and judged too ${quantiles(judgedAgain)}`,
  );
}

function quantiles(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)} ms`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
