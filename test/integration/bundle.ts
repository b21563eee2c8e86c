import { build } from 'esbuild';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Bundles the `*.test.ts` of a directory with mocha's start into one file that exports `run()`, as VS Code wants it.
 * What the files share is then there once.
 */
export async function bundleTests(directory: string, outfile: string): Promise<void> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.test.ts')).sort();
  if (files.length === 0) throw new Error(`${directory} holds no *.test.ts.`);
  const list = files.map((file) => `[${JSON.stringify(file)}, () => require(${JSON.stringify(`./${file}`)})]`);
  await build({
    stdin: {
      contents: `import { runTests } from ${JSON.stringify(join(__dirname, 'index'))};
        export const run = () => runTests([${list.join(', ')}]);`,
      resolveDir: directory,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Mocha finds its parts by file name; VS Code gives `vscode` itself.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}
