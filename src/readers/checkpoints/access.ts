import { CheckpointError } from './error';

/**
 * Bytes that can be read anywhere. Synchronous, because HDF5's own library, compiled to WebAssembly, cannot wait; who reads
 * much reads in pieces and lets others run between them.
 */
export interface RandomAccess {
  readonly size: number;
  /**
   * Exactly these bytes, not to be written to: they may be a view.
   * @throws CheckpointError where they are not all there
   */
  read(offset: number, length: number): Uint8Array;
}

/** A checkpoint as a file among others: large ones are split, and one of the files names the rest. */
export interface CheckpointFile {
  /** For people and in origins: a path or a URI. */
  readonly name: string;
  readonly content: RandomAccess;
  /**
   * Opens a file by its path relative to this one's directory. It is only asked for paths that lead downwards.
   * @throws CheckpointError where there is none
   */
  sibling(path: string): Promise<RandomAccess>;
  /** Closes this file and the siblings that were opened. */
  close(): void;
}

/** A checkpoint that is held in memory, such as a file of a virtual file system. */
export function inMemory(
  name: string,
  bytes: Uint8Array,
  readSibling?: (path: string) => Promise<Uint8Array>,
): CheckpointFile {
  return {
    name,
    content: bytesAccess(bytes),
    sibling: async (path) => {
      if (readSibling === undefined) throw new CheckpointError(`the file ‘${path}’ beside it is not at hand`);
      return bytesAccess(await readSibling(path));
    },
    close: () => undefined,
  };
}

export function bytesAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read(offset, length) {
      requireRange(offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A part of other bytes, as if it were all. @throws CheckpointError where it reaches beyond them */
export function section(source: RandomAccess, start: number, size: number): RandomAccess {
  requireRange(start, size, source.size);
  return {
    size,
    read(offset, length) {
      requireRange(offset, length, size);
      return source.read(start + offset, length);
    },
  };
}

export function requireRange(offset: number, length: number, size: number): void {
  if (isCount(offset) && isCount(length) && offset + length <= size) return;
  throw new CheckpointError(`it ends too early: bytes ${offset} to ${offset + length} of ${size} are asked for`);
}

/** Whether a number can be a size or a place in a file. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
