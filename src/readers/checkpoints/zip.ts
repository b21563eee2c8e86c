import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { bytesAccess, section, type RandomAccess } from './access';
import { byteStream, joined, type ByteStream } from './bytes';
import { CheckpointError } from './error';
import { limits } from './limits';

/** A file within an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked, in bytes. */
  readonly size: number;
  /** Its bytes in their order, unpacked as they are read. */
  stream(): Promise<ByteStream>;
  /** Its bytes anywhere: where it is stored as it is, or held in memory where it is compressed. */
  access(limit: number): Promise<RandomAccess>;
}

/** Deflate packs no better than this (zlib's technical notes, "maximum compression factor"). */
const bestRatio = 1032;
/** An archive that claims to unpack to more than this many times its size, and to much, is a bomb. */
const suspiciousRatio = 200;
const compressionMethods = { stored: 0, deflated: 8 };

export function looksLikeZip(source: RandomAccess): boolean {
  if (source.size < 4) return false;
  const [p, k, a, b] = source.read(0, 4);
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

/**
 * The entries of an archive by their names; nothing is unpacked yet. Names are only keys here: no path is ever made of them.
 * @throws CheckpointError where the archive is broken, or entries claim more than they can hold
 */
export async function readZip(source: RandomAccess): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries: Entry[] = [];
  const zip = await asCheckpointError(async () => {
    const options = { autoClose: false, lazyEntries: true };
    const opened = await fromRandomAccessReaderPromise(new AccessReader(source), source.size, options);
    if (opened.entryCount > limits.tensors)
      throw new CheckpointError(`its archive claims ${opened.entryCount} entries`);
    for await (const entry of opened.eachEntry()) entries.push(entry);
    return opened;
  });
  requireHonest(entries, source.size);
  return new Map(entries.map((entry) => [entry.fileName, zipEntry(source, zip, entry)]));
}

function requireHonest(entries: readonly Entry[], archiveSize: number): void {
  let claimed = 0;
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
    const { fileName, compressedSize, uncompressedSize, relativeOffsetOfLocalHeader: start } = entry;
    if (start < end) throw new CheckpointError(`entries of its archive overlap at ‘${fileName}’: a zip bomb`);
    end = start + compressedSize;
    if (uncompressedSize > compressedSize * bestRatio)
      throw new CheckpointError(`‘${fileName}’ claims to unpack ${compressedSize} bytes to ${uncompressedSize}`);
    claimed += uncompressedSize;
  }
  if (claimed > limits.inflated && claimed > archiveSize * suspiciousRatio)
    throw new CheckpointError(`its archive of ${archiveSize} bytes claims to unpack to ${claimed}: a zip bomb`);
}

function zipEntry(source: RandomAccess, zip: ZipFile, entry: Entry): ZipEntry {
  const { fileName: name, uncompressedSize: size } = entry;
  const stored = async (): Promise<RandomAccess | undefined> => {
    if (entry.isEncrypted()) throw new CheckpointError(`‘${name}’ is encrypted`);
    if (entry.compressionMethod === compressionMethods.deflated) return undefined;
    if (entry.compressionMethod !== compressionMethods.stored)
      throw new CheckpointError(`‘${name}’ is compressed by a method that is not read`);
    const { fileDataStart } = await asCheckpointError(() => zip.readLocalFileHeaderPromise(entry, { minimal: true }));
    return section(source, fileDataStart, size);
  };
  const stream = async (): Promise<ByteStream> => {
    const access = await stored();
    return access === undefined ? inflated(zip, entry) : byteStream(access);
  };
  return {
    name,
    size,
    stream,
    async access(limit) {
      const access = await stored();
      if (access !== undefined) return access;
      if (size > limit) throw new CheckpointError(`‘${name}’ unpacks to ${size} bytes; ${limit} at most are held`);
      const parts: Uint8Array[] = [];
      for await (const part of inflated(zip, entry).stream(0, size)) parts.push(part);
      return bytesAccess(joined(parts));
    },
  };
}

/** What a compressed entry unpacks to; it is unpacked from its start each time, and no further than asked for. */
function inflated(zip: ZipFile, entry: Entry): ByteStream {
  const size = entry.uncompressedSize;
  return {
    size,
    async *stream(offset, length) {
      const unpacked = await asCheckpointError(() => zip.openReadStreamPromise(entry));
      const end = offset + length;
      let position = 0;
      try {
        for await (const chunk of unpacked as AsyncIterable<Buffer>) {
          const from = Math.max(offset - position, 0);
          const to = Math.min(end - position, chunk.length);
          if (from < to) yield chunk.subarray(from, to);
          position += chunk.length;
          if (position >= end) return;
        }
      } catch (error) {
        throw ownError(error);
      } finally {
        unpacked.destroy();
      }
      if (position < end) throw new CheckpointError(`‘${entry.fileName}’ unpacks to less than it claims`);
    },
  };
}

/** What the library reads from. */
class AccessReader extends RandomAccessReader {
  readonly #source: RandomAccess;

  constructor(source: RandomAccess) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(byteStream(this.#source).stream(start, end - start), { objectMode: false });
  }
}

async function asCheckpointError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ownError(error);
  }
}

/** The library says by errors of no class of their own what is wrong with an archive. */
function ownError(error: unknown): CheckpointError {
  if (error instanceof CheckpointError) return error;
  return new CheckpointError(`its archive is broken: ${error instanceof Error ? error.message : String(error)}`);
}
