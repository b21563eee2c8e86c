import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nativeEntry, nativeVersion } from '../src/probes/native';
import { cached } from './cache';
import { environmentOutsideNpm, findProgram, runCommand, runMain } from './command';
import { findPython } from './python';

/** The release whose wheel lends its C library; tfjs-node's own is 2.9.1, of which these symbols are a superset. */
const tensorflow = '2.21.0';
const modulePath = join('node_modules', '@tensorflow', 'tfjs-node');
const bindingPath = join(modulePath, 'lib', 'napi-v8', 'tfjs_binding.node');

/**
 * Installs the native tfjs-node outside the checkout and gives the directory that holds its `node_modules`: by its own
 * installer, and where that cannot reach its host, from the C library in the `tensorflow-cpu` wheel.
 */
export function nativeBackend(): Promise<string> {
  return cached({ ...nativeEntry, proof: bindingPath, build: install });
}

async function install(directory: string): Promise<void> {
  console.log(`Installing tfjs-node ${nativeVersion}, the native backend of the probes, once…`);
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }));
  const env = environmentOutsideNpm();
  const quiet = ['--no-fund', '--no-audit', '--loglevel=error', '--ignore-scripts'];
  await runCommand('npm', ['install', ...quiet, `@tensorflow/tfjs-node@${nativeVersion}`], { cwd: directory, env });
  try {
    const cwd = join(directory, modulePath);
    await runCommand(process.execPath, ['scripts/install.js', 'cpu'], { cwd, env, timeoutMs: 300_000 });
    await prove(directory);
  } catch {
    console.log(`Its own installer did not succeed; taking the C library of tensorflow-cpu ${tensorflow} instead…`);
    await installFromWheel(directory);
    await prove(directory);
  }
}

/** Compiles the binding against the C library and the headers of the Python wheel. */
async function installFromWheel(directory: string): Promise<void> {
  const compiler = findProgram(['g++', 'clang++']);
  if (process.platform !== 'linux' || compiler === undefined)
    throw new Error('The native backend is compiled from the tensorflow-cpu wheel on Linux only, with g++.');
  const module = join(directory, modulePath);
  const work = await mkdtemp(join(directory, 'work-'));
  try {
    const python = findPython();
    const wheel = ['--no-deps', '--only-binary=:all:', '--python-version=3.12', `tensorflow-cpu==${tensorflow}`];
    await runCommand(python, ['-m', 'pip', 'download', '--quiet', '--dest', work, ...wheel]);
    for (const file of await readdir(work)) await runCommand(python, ['-m', 'zipfile', '-e', join(work, file), work]);
    // The headers of Node-API, which is the same for every Node that has version 8 of it.
    const headers = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error', '--prefix', work];
    await runCommand('npm', [...headers, 'node-api-headers@1.9.0'], { cwd: work, env: environmentOutsideNpm() });

    const libraries = join(module, 'deps', 'lib');
    await mkdir(libraries, { recursive: true });
    await mkdir(join(module, 'lib', 'napi-v8'), { recursive: true });
    for (const library of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      await copyFile(join(work, 'tensorflow', library), join(libraries, library));
    for (const link of ['libtensorflow.so', 'libtensorflow.so.2'])
      await symlink('libtensorflow_cc.so.2', join(libraries, link));
    await symlink('libtensorflow_framework.so.2', join(libraries, 'libtensorflow_framework.so'));

    await runCommand(
      compiler,
      [
        ...[
          '-std=c++17',
          '-O2',
          '-fPIC',
          '-shared',
          '-DNAPI_VERSION=8',
          '-o',
          join('lib', 'napi-v8', 'tfjs_binding.node'),
        ],
        ...[join('binding', 'tfjs_backend.cc'), join('binding', 'tfjs_binding.cc')],
        ...['-I', join(work, 'tensorflow', 'include'), '-I', join(work, 'node_modules', 'node-api-headers', 'include')],
        ...['-L', libraries, '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
      ],
      { cwd: module },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Loads the backend in a process of its own and multiplies two matrices with it. */
async function prove(directory: string): Promise<void> {
  const program = `
    const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    util.isArray ??= Array.isArray;
    const tf = require('@tensorflow/tfjs-node');
    const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
    if (tf.getBackend() !== 'tensorflow' || product.join() !== '19,22,43,50') throw new Error('wrong: ' + product.join());`;
  await runCommand(process.execPath, ['-e', program], { cwd: directory, timeoutMs: 120_000 });
}

if (require.main === module)
  runMain(async () => {
    console.log(await nativeBackend());
  });
