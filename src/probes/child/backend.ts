import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as nodeUtil from 'node:util';
import { ProbeError } from '../failure';
import { nativeDirectory } from '../native';
import type { Backend, BackendName } from '../protocol';
import { repairWasm } from './kernels';

/** From the best to the plainest. */
const preference: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];

const loaders: Readonly<Record<BackendName, () => Promise<void>>> = {
  tensorflow: loadTensorflow,
  wasm: loadWasm,
  cpu: loadCpu,
};

/**
 * Takes the best backend that loads, or the one that `GRADLENS_BACKEND` names.
 *
 * @throws ProbeError of kind `noBackend`, with what each said.
 */
export async function loadBackend(env: NodeJS.ProcessEnv = process.env): Promise<Backend> {
  // tfjs warns of every kernel that the native package registers a second time.
  tf.enableProdMode();
  const forced = env['GRADLENS_BACKEND'];
  const candidates = forced === undefined || forced === '' ? preference : preference.filter((name) => name === forced);
  const refused: Backend['refused'][number][] = [];
  for (const name of candidates) {
    try {
      await loaders[name]();
    } catch (error) {
      refused.push({ name, reason: firstLine(error) });
      continue;
    }
    const threads = name === 'tensorflow' ? availableParallelism() : 1;
    return { name, precision: 'float32', threads, version: tf.version_core, refused };
  }
  const said = refused.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new ProbeError({
    kind: 'noBackend',
    message: `No backend loads (${said || `${forced ?? ''} is not one: ${preference.join(', ')}`}).`,
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

/** Node 24 has taken these away; tfjs-node 4.22 still calls them. */
const removedFromUtil = {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: Array.isArray,
};

/**
 * tfjs-node, from the directory that the user or `npm run native` installed it to, or from beside this program. It brings a
 * tfjs-core of its own, which shares engine and registries with ours through a global.
 */
async function loadTensorflow(): Promise<void> {
  for (const [name, member] of Object.entries(removedFromUtil)) if (!(name in nodeUtil)) addToUtil(name, member);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const load = createRequire(__filename);
  const installed = join(nativeDirectory(), 'node_modules', '@tensorflow', 'tfjs-node');
  load(existsSync(installed) ? installed : '@tensorflow/tfjs-node');
  await activate('tensorflow');
}

function addToUtil(name: string, member: unknown): void {
  const load = createRequire(__filename);
  Object.defineProperty(load('node:util'), name, { value: member, configurable: true });
}

async function loadWasm(): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Set(events.flatMap((event) => process.rawListeners(event)));
  const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
  await activate('wasm');
  // Emscripten adds listeners that rethrow with all of its source.
  for (const event of events)
    for (const listener of process.rawListeners(event))
      if (!before.has(listener)) process.removeListener(event, listener as () => void);
  const backend = tf.backend();
  if (!(backend instanceof BackendWasm)) throw new Error('another backend calls itself wasm');
  repairWasm(backend);
}

async function loadCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
}

async function activate(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`the backend does not start`);
  await tf.ready();
}
