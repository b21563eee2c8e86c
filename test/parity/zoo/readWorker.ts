import { parentPort, workerData } from 'node:worker_threads';
import type { Constructor } from './catalogue';
import { readerOf } from './readConstructor';

/** The thread that reads constructors: a constructor comes in, a reading goes out. */
const read = readerOf(workerData as string);
parentPort?.on('message', (one: Constructor) => {
  void read.then((readConstructor) => parentPort?.postMessage(readConstructor(one)));
});
