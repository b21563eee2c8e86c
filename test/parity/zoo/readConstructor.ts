import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Network, Note } from '../../../src/network';
import { createReader, diskFiles, type FileProvider, type Reader } from '../../../src/readers';
import type { Constructor } from './catalogue';

/** More than an editor gives a file: what is read, not how fast, is asked here. */
const timeLimit = 10_000;
/** After so long a reading that does not keep its own limit is ended from outside. */
const patience = 1.5 * timeLimit;

export interface Reading {
  readonly network: Network | undefined;
  /** What stands beside the network, or why there is none. */
  readonly notes: readonly Note[];
  readonly milliseconds: number;
}

/** Reads constructors in a thread of its own, so that a reading that hangs ends that thread only. */
export class ConstructorReader {
  private worker: Worker | undefined;

  constructor(private readonly sitePackages: string) {}

  /** Undefined where the reading had to be ended. @throws Error where the reader does. */
  read(one: Constructor): Promise<Reading | undefined> {
    this.worker ??= new Worker(require.resolve('./readWorker'), {
      workerData: this.sitePackages,
      execArgv: ['--require', require.resolve('tsx/cjs')],
    });
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        worker.removeAllListeners();
        void this.close();
        resolve(undefined);
      }, patience);
      worker.removeAllListeners();
      worker.once('message', (reading: Reading) => {
        clearTimeout(timer);
        resolve(reading);
      });
      worker.once('error', (error) => {
        clearTimeout(timer);
        this.worker = undefined;
        reject(new Error(`${one.id} made the reader throw`, { cause: error }));
      });
      worker.postMessage(one);
    });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

/** Reads constructors from their own files; texts of packages are read from the disk once. */
export async function readerOf(sitePackages: string): Promise<(one: Constructor) => Reading> {
  const reader: Reader = await createReader({
    treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
  });
  const files = remembering(diskFiles([sitePackages]));
  return ({ file, expression, model: name }) => {
    const text = readFileSync(file, 'utf8');
    const start = performance.now();
    const model = name === undefined ? expression : undefined;
    const { networks, notes } = reader.read({ file, text, files, timeLimit, model });
    const milliseconds = performance.now() - start;
    const network = name === undefined ? networks[0] : networks.find((one) => one.name === name);
    return { network, notes, milliseconds };
  };
}

function remembering(files: FileProvider): FileProvider {
  const texts = new Map<string, string | undefined>();
  return {
    roots: files.roots,
    read: (path) => {
      if (!texts.has(path)) texts.set(path, files.read(path));
      return texts.get(path);
    },
  };
}
