import { inMemory, openCheckpoint, type Checkpoint } from '../../../src/readers/checkpoints';

/** A checkpoint as a test wrote it, with the files beside it by their names. */
export function openBytes(bytes: Uint8Array, siblings: Readonly<Record<string, Uint8Array>> = {}): Promise<Checkpoint> {
  return openCheckpoint(
    inMemory('checkpoint', bytes, (path) => {
      const sibling = siblings[path];
      return sibling === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(sibling);
    }),
  );
}

/** The safetensors file of a header (as JSON, or as it is) and data. */
export function safetensors(header: unknown, data: Uint8Array = new Uint8Array(0), claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  return Buffer.concat([new Uint8Array(length.buffer), text, data]);
}
