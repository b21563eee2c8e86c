import type { RandomAccess } from './access';
import { CheckpointError } from './error';

/** Bytes that are read in their order: those of a file, or what a compressed part of it unpacks to. */
export interface ByteStream {
  readonly size: number;
  /** Exactly these bytes, in chunks of any length. */
  stream(offset: number, length: number): AsyncIterable<Uint8Array>;
}

const chunkBytes = 2 ** 20;

export function byteStream(source: RandomAccess): ByteStream {
  return {
    size: source.size,
    async *stream(offset, length) {
      for (let done = 0; done < length; done += chunkBytes) {
        yield source.read(offset + done, Math.min(chunkBytes, length - done));
        await breath();
      }
    },
  };
}

/** Lets what else waits be done: reading is synchronous, and what is read may be large. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The same bytes in chunks of whole groups of `width` bytes. @throws CheckpointError where the last one is not whole */
export async function* wholeGroups(chunks: AsyncIterable<Uint8Array>, width: number): AsyncIterable<Uint8Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : joined([rest, chunk]);
    const whole = bytes.length - (bytes.length % width);
    if (whole > 0) yield bytes.subarray(0, whole);
    rest = bytes.slice(whole);
  }
  if (rest.length > 0) throw new CheckpointError('it ends in the middle of a number');
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
