import { build, context, type BuildOptions, type Plugin } from 'esbuild';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

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
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
  // The parser's ES module asks for `import.meta.url`, which a CommonJS bundle has not; its CommonJS twin does not.
  alias: {
    'web-tree-sitter': require_.resolve('web-tree-sitter'),
    // Its CommonJS twin asks for its parts in a way that no bundler follows.
    'jsonc-parser': require_.resolve('jsonc-parser/lib/esm/main.js'),
  },
};

const probeChild: BuildOptions = {
  ...node,
  entryPoints: ['src/probes/child/main.ts'],
  outfile: 'dist/probe-child.js',
  mainFields: ['module', 'main'],
  external: ['@tensorflow/tfjs-node'],
};

/** What the extension loads on first use stays a file of its own beside its bundle. */
const partsApart: Plugin = {
  name: 'parts-apart',
  setup: (bundle) => {
    bundle.onResolve({ filter: /\/(engine|checkpoints)$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path)}.js`, external: true } : undefined,
    );
  },
};

const extension: BuildOptions = {
  ...node,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  external: ['vscode'],
  plugins: [partsApart],
};

const parts: BuildOptions = {
  ...node,
  entryPoints: ['src/engine.ts', 'src/checkpoints.ts'],
  outdir: 'dist',
};

/**
 * HDF5's library, WebAssembly and all, with the worker that it runs in. It asks for `import.meta.url`, so it is an ES module, and
 * it is a text of many characters that are not ASCII, each of which would take six if it was escaped.
 */
const hdf5Worker: BuildOptions = {
  ...node,
  format: 'esm',
  charset: 'utf8',
  entryPoints: ['src/readers/checkpoints/hdf5/worker.ts'],
  outfile: 'dist/hdf5-worker.mjs',
};

const commandLine: BuildOptions = {
  ...node,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/cli.js',
  banner: { js: '#!/usr/bin/env node' },
};

const page: BuildOptions = {
  ...node,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  entryPoints: ['webview/main.ts'],
  outfile: 'dist/webview/main.js',
  loader: { '.css': 'css' },
};

/** A program of a test or a benchmark, bundled as what is shipped is. */
export async function buildProgram(entryPoint: string, outfile: string): Promise<void> {
  await build({ ...node, entryPoints: [entryPoint], outfile });
}

/** The kernels of the probe child, which it loads as files from beside itself. */
async function copyKernels(directory: string): Promise<void> {
  const kernels = dirname(require_.resolve('@tensorflow/tfjs-backend-wasm'));
  await mkdir(directory, { recursive: true });
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'])
    await copyFile(join(kernels, file), join(directory, file));
}

/** The probe child alone, into a directory of a test's own. Answers the path of the program. */
export async function buildProbeChild(directory: string): Promise<string> {
  const program = join(directory, 'probe-child.js');
  await copyKernels(directory);
  await build({ ...probeChild, outfile: program });
  return program;
}

/** The worker with HDF5's library alone, into a directory of a test's own. Answers the path of the program. */
export async function buildHdf5Worker(directory: string): Promise<string> {
  const program = join(directory, 'hdf5-worker.mjs');
  await build({ ...hdf5Worker, outfile: program });
  return program;
}

/** The parser and its grammars, which are loaded as files. */
async function copyParser(directory: string): Promise<void> {
  const grammars = dirname(require_.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'));
  const treeSitter = dirname(require_.resolve('web-tree-sitter'));
  await mkdir(directory, { recursive: true });
  await copyFile(join(treeSitter, 'web-tree-sitter.wasm'), join(directory, 'web-tree-sitter.wasm'));
  for (const language of ['python', 'javascript', 'typescript', 'tsx'])
    await copyFile(join(grammars, `tree-sitter-${language}.wasm`), join(directory, `tree-sitter-${language}.wasm`));
}

/** The command line and all that it loads, into a directory of a test's own. Answers the path of the program. */
export async function buildCommandLine(directory: string): Promise<string> {
  const program = join(directory, 'cli.js');
  await copyParser(directory);
  await buildProbeChild(directory);
  await build({ ...commandLine, outfile: program });
  await buildHdf5Worker(directory);
  await build({ ...page, outfile: join(directory, 'webview', 'main.js') });
  return program;
}

async function main(): Promise<void> {
  await copyParser(dist);
  await copyKernels(dist);
  for (const options of [extension, parts, probeChild, hdf5Worker, commandLine, page]) {
    if (watch) await (await context(options)).watch();
    else await build(options);
  }
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
