import { parentPort } from 'node:worker_threads';
import { CheckpointError } from '../error';
import { openHdf5, type OpenHdf5 } from './library';
import { sharedBytes, state, stateBytes, type Message, type Request, type Results } from './messages';
import { readBlock } from './block';
import { walkHdf5 } from './walk';

/**
 * HDF5's library in a thread of its own: it is large, it was not made for files that lie, and it can run for ever on some. Here
 * it can be ended. It asks for the bytes that it reads.
 */

const port = parentPort;
if (port === null) throw new Error('This is a worker.');
const send = (message: Message): void => port.postMessage(message);
let file: OpenHdf5 | undefined;

port.on('message', (request: Request) => {
  perform(request).then(
    (value) => send({ kind: 'done', value }),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      send({ kind: 'failed', reason, broken: !(error instanceof CheckpointError) });
    },
  );
});

async function perform(request: Request): Promise<Results[keyof Results]> {
  switch (request.kind) {
    case 'open':
      file = await openHdf5({ size: request.size, readInto: reading(request.shared) });
      return walkHdf5(file);
    case 'block':
      if (file === undefined) throw new Error('No file is open.');
      return readBlock(file, request.path, request.block, request.bytes);
    case 'close':
      file?.close();
      file = undefined;
      return undefined;
  }
}

/** Reads from the file, which is on the other side: asks, and waits until the shared memory is filled. */
function reading(shared: SharedArrayBuffer): (target: Uint8Array, position: number) => void {
  const states = new Int32Array(shared, 0, 1);
  const bytes = new Uint8Array(shared, stateBytes);
  return (target, position) => {
    for (let done = 0; done < target.length; done += sharedBytes) {
      const length = Math.min(sharedBytes, target.length - done);
      Atomics.store(states, 0, state.waiting);
      send({ kind: 'wanted', offset: position + done, length });
      Atomics.wait(states, 0, state.waiting);
      if (Atomics.load(states, 0) === state.failed) throw new CheckpointError('the file cannot be read');
      target.set(bytes.subarray(0, length), done);
    }
  };
}
