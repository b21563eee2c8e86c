import { Worker } from 'node:worker_threads';
import type { RandomAccess } from '../access';
import { CheckpointError } from '../error';
import { sharedBytes, state, stateBytes, type Block, type Dataset, type Hdf5Tree } from './messages';
import type { Message, Request, Results } from './messages';

/** Where the library is, and how long it may take. */
export interface Hdf5Options {
  /** The program of the worker, as the build makes it. */
  readonly worker: string;
  /** For one step: listing a file, or reading a block. In milliseconds. */
  readonly patience?: number;
}

/** An open file. */
export interface Hdf5File {
  readonly tree: Hdf5Tree;
  /** Little-endian bytes in C order. @throws CheckpointError where they cannot be read */
  readonly block: (dataset: Dataset, block: Block, bytes: number) => Promise<Uint8Array>;
  readonly close: () => void;
}

const defaultPatience = 20_000;

/** A thread with the library takes some time to start; one that has closed its file waits here for the next. */
let idle: Hdf5Thread | undefined;

/** Opens a file with HDF5's own library. @throws CheckpointError where it is none, broken, or the library finds no end */
export async function openHdf5File(source: RandomAccess, options: Hdf5Options): Promise<Hdf5File> {
  const thread = idle?.program === options.worker ? idle : new Hdf5Thread(options.worker);
  idle = undefined;
  const patience = options.patience ?? defaultPatience;
  try {
    const tree = await thread.open(source, patience);
    return {
      tree,
      block: ({ path }, block, bytes) => thread.request({ kind: 'block', path, block, bytes }, patience),
      close: () => void putAside(thread, patience),
    };
  } catch (error) {
    await putAside(thread, patience);
    throw error;
  }
}

async function putAside(thread: Hdf5Thread, patience: number): Promise<void> {
  try {
    await thread.close(patience);
    if (idle === undefined) idle = thread;
    else thread.end();
  } catch {
    // It has ended already, or does so now: nobody waits for it.
    thread.end();
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Hdf5Thread {
  readonly #worker: Worker;
  readonly #shared = new SharedArrayBuffer(stateBytes + sharedBytes);
  #source: RandomAccess | undefined;
  #waiting: Waiting | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #ended: string | undefined;

  constructor(readonly program: string) {
    this.#worker = new Worker(program);
    this.#worker.unref();
    this.#worker.on('message', (message: Message) => this.#take(message));
    this.#worker.on('error', ({ message }: Error) => this.end(`the HDF5 library broke down: ${message}`));
    this.#worker.on('exit', () => this.end('the HDF5 library ended'));
  }

  open(source: RandomAccess, patience: number): Promise<Hdf5Tree> {
    this.#source = source;
    return this.request({ kind: 'open', size: source.size, shared: this.#shared }, patience);
  }

  /** The file is not read any more from now on: who opened it may close it. */
  close(patience: number): Promise<undefined> {
    this.#source = undefined;
    return this.request({ kind: 'close' }, patience);
  }

  /** Requests are done one after another. */
  request<R extends Request>(request: R, patience: number): Promise<Results[R['kind']]> {
    const answer = this.#last.then(() => this.#ask(request, patience));
    this.#last = answer.catch(() => undefined);
    return answer as Promise<Results[R['kind']]>;
  }

  end(reason = 'the file was closed'): void {
    this.#ended ??= reason;
    this.#waiting?.reject(new CheckpointError(this.#ended));
    this.#waiting = undefined;
    void this.#worker.terminate();
  }

  async #ask(request: Request, patience: number): Promise<unknown> {
    if (this.#ended !== undefined) throw new CheckpointError(this.#ended);
    // While it works the process stays; while it only waits it need not.
    this.#worker.ref();
    const timer = setTimeout(() => {
      this.end(`the HDF5 library found no end in ${patience / 1000} s: the file is broken, or very large`);
    }, patience);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#worker.postMessage(request);
      });
    } finally {
      clearTimeout(timer);
      this.#worker.unref();
    }
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'wanted':
        this.#fill(message.offset, message.length);
        break;
      case 'done':
        this.#waiting?.resolve(message.value);
        this.#waiting = undefined;
        break;
      case 'failed':
        if (message.broken) this.end(`the HDF5 library broke down: ${message.reason}`);
        else this.#waiting?.reject(new CheckpointError(message.reason));
        this.#waiting = undefined;
        break;
    }
  }

  #fill(offset: number, length: number): void {
    const states = new Int32Array(this.#shared, 0, 1);
    let result: number = state.failed;
    try {
      if (this.#source !== undefined) {
        new Uint8Array(this.#shared, stateBytes).set(this.#source.read(offset, length));
        result = state.filled;
      }
    } catch {
      // The library is told that it failed, and says so to who asked.
    }
    Atomics.store(states, 0, result);
    Atomics.notify(states, 0);
  }
}
