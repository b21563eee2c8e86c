import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createAnalyzer, type Analyzer } from '../../src/analysis';
import { createReader } from '../../src/readers';
import { modelFile } from './modelFile';

/** Time from an edit to the findings on a model file of 400 lines, each edit a key typed somewhere in it. Goal: p95 under 16 ms. */

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
  const loaded = performance.now();
  const text = modelFile(lines);
  const first = engine.analyze({ file: 'model.py', text });
  const cold = performance.now() - loaded;

  const milliseconds: number[] = [];
  for (let edit = 0; edit < warmUp + edits; edit++) {
    // The keys go over the whole text by a stride that shares no factor with it; every second one is taken back.
    const at = (edit * 7919) % text.length;
    const current = edit % 2 === 0 ? `${text.slice(0, at)}${'4x ('[(edit / 2) % 4] ?? ' '}${text.slice(at)}` : text;
    const start = performance.now();
    engine.analyze({ file: 'model.py', text: current });
    if (edit >= warmUp) milliseconds.push(performance.now() - start);
  }
  milliseconds.sort((a, b) => a - b);
  const quantile = (share: number): string =>
    (milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? NaN).toFixed(1);
  console.log(`Analysis of a ${lines}-line model file (${first.models.length} models) after an edit, ${edits} edits`);
  console.log(
    `  p50 ${quantile(0.5)} ms   p95 ${quantile(0.95)} ms   worst ${quantile(1)} ms   (goal: p95 under 16 ms)`,
  );
  console.log(`  parser loaded in ${(loaded - startLoad).toFixed(0)} ms, first analysis ${cold.toFixed(0)} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
