import { context, type BuildOptions } from 'esbuild';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Bundles the extension, the probe child, the command line and the page into `dist/`, and lays the wasm files beside them. */

const root = resolve(__dirname, '..');
const dist = join(root, 'dist');
const require_ = createRequire(__filename);
const watch = process.argv.includes('--watch');

const node: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: !watch,
  sourcemap: watch,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
};

const bundles: BuildOptions[] = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  {
    ...node,
    entryPoints: ['src/probes/child/main.ts'],
    outfile: 'dist/probe-child.js',
    mainFields: ['module', 'main'],
    external: ['@tensorflow/tfjs-node'],
  },
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...node,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    entryPoints: ['webview/main.ts'],
    outfile: 'dist/webview/main.js',
    loader: { '.css': 'css' },
  },
];

/** The parsers and the kernels, which are loaded as files. */
async function copyWasm(): Promise<void> {
  const grammars = dirname(require_.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'));
  const treeSitter = dirname(require_.resolve('web-tree-sitter'));
  const kernels = dirname(require_.resolve('@tensorflow/tfjs-backend-wasm'));
  await mkdir(dist, { recursive: true });
  await copyFile(join(treeSitter, 'web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
  await copyFile(join(grammars, 'tree-sitter-python.wasm'), join(dist, 'tree-sitter-python.wasm'));
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'])
    await copyFile(join(kernels, file), join(dist, file));
}

async function main(): Promise<void> {
  await copyWasm();
  for (const options of bundles) {
    const build = await context(options);
    if (watch) await build.watch();
    else {
      await build.rebuild();
      await build.dispose();
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
