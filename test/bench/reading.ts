import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createReader, diskFiles } from '../../src/readers';

/**
 * One reading of timm's vision_transformer.py with what it imports, from the text to its networks, the parser being loaded. Prints milliseconds: of the
 * first reading, and of others after edits. The arguments are the folder of the installed packages, and models of timm that are read
 * before: without any, the file is the first that the process reads, and the machine code is not made yet. Goal: under 100 ms cold.
 */
async function main(): Promise<void> {
  const [packages = '', ...before] = process.argv.slice(2);
  const reader = await createReader({
    treeSitterWasm: await readFile(resolve('dist/web-tree-sitter.wasm')),
    pythonWasm: await readFile(resolve('dist/tree-sitter-python.wasm')),
  });
  const read = (name: string, text: string): number => {
    const file = join(packages, 'timm', 'models', name);
    const start = performance.now();
    const { networks } = reader.read({ file, text, files: diskFiles([packages]), timeLimit: 10_000 });
    if (networks.length === 0) throw new Error(`Nothing is read from ${file}.`);
    return performance.now() - start;
  };
  const textOf = (name: string): Promise<string> => readFile(join(packages, 'timm', 'models', name), 'utf8');
  for (const name of before) read(name, await textOf(name));
  const name = 'vision_transformer.py';
  const text = await textOf(name);
  // Keys in the first class, of which the models are made.
  const edited = [1, 2].map((edit) => text.replace('super().__init__()', `super().__init__(); self.edit = ${edit}`));
  const times = [text, ...edited].map((one) => read(name, one));
  console.log(JSON.stringify(times));
  reader.dispose();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
