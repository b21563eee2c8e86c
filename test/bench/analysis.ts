import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createAnalyzer, type Analyzer } from '../../src/analysis';
import { createReader } from '../../src/readers';
import { modelFile } from './modelFile';

/**
 * Time from an edit to the findings, each edit a key typed somewhere in the file: on a file of several models in 400 lines, on one of a single model,
 * and on those that are given as arguments. Goal: p95 under 16 ms.
 */

const lines = 400;
const edits = 400;
const warmUp = 40;

async function analyzer(): Promise<Analyzer> {
  const [treeSitterWasm, pythonWasm] = await Promise.all([
    readFile(resolve('dist/web-tree-sitter.wasm')),
    readFile(resolve('dist/tree-sitter-python.wasm')),
  ]);
  return createAnalyzer(await createReader({ treeSitterWasm, pythonWasm }));
}

async function main(): Promise<void> {
  const startLoad = performance.now();
  const engine = await analyzer();
  console.log(`Analysis after an edit, ${edits} edits each (goal: p95 under 16 ms)`);
  console.log(`  parser loaded in ${(performance.now() - startLoad).toFixed(0)} ms`);
  measure(engine, 'models.py', modelFile(lines));
  const single = join('test', 'parity', 'models', 'nano_gpt.py');
  for (const file of [single, ...process.argv.slice(2)]) measure(engine, basename(file), await readFile(file, 'utf8'));
}

function measure(engine: Analyzer, file: string, text: string): void {
  const begin = performance.now();
  const first = engine.analyze({ file, text });
  const cold = performance.now() - begin;
  const milliseconds: number[] = [];
  for (let edit = 0; edit < warmUp + edits; edit++) {
    // The keys go over the whole text by a stride that shares no factor with it; every second one is taken back.
    const at = (edit * 7919) % text.length;
    const current = edit % 2 === 0 ? `${text.slice(0, at)}${'4x ('[(edit / 2) % 4] ?? ' '}${text.slice(at)}` : text;
    const start = performance.now();
    engine.analyze({ file, text: current });
    if (edit >= warmUp) milliseconds.push(performance.now() - start);
  }
  milliseconds.sort((a, b) => a - b);
  const quantile = (share: number): string =>
    (milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? NaN).toFixed(1);
  const nodes = first.models.reduce((sum, { network }) => sum + network.nodes.length, 0);
  const what = `${file}, ${text.split('\n').length} lines, models ${first.models.length}, operations ${nodes}`;
  console.log(
    `  ${what}: first ${cold.toFixed(0)} ms, p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, worst ${quantile(1)} ms`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
