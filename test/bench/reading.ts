import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createReader, diskFiles } from '../../src/readers';

/**
 * One reading of timm's vision_transformer.py with what it imports, in a process of its own: from the text to its networks, the parser being
 * loaded. Prints milliseconds; the argument is the folder of the installed packages. Goal: under 100 ms cold.
 */
async function main(): Promise<void> {
  const packages = process.argv[2] ?? '';
  const file = join(packages, 'timm', 'models', 'vision_transformer.py');
  const text = await readFile(file, 'utf8');
  const reader = await createReader({
    treeSitterWasm: await readFile(resolve('dist/web-tree-sitter.wasm')),
    pythonWasm: await readFile(resolve('dist/tree-sitter-python.wasm')),
  });
  const times: number[] = [];
  let parameters = 0;
  for (let reading = 0; reading < 3; reading++) {
    const start = performance.now();
    const { networks } = reader.read({
      file,
      text: `${text}\n#${reading}`,
      files: diskFiles([packages]),
      timeLimit: 10_000,
    });
    times.push(performance.now() - start);
    parameters = networks.reduce((sum, network) => sum + network.parameters.length, 0);
  }
  console.log(JSON.stringify({ times, parameters }));
  reader.dispose();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
