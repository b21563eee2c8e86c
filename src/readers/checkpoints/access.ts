import { CheckpointError } from './error';

/**
 * Bytes that can be read anywhere. Synchronous, as files and memory are; who reads much reads in pieces and lets others run
 * between them.
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

/** Several files as if they were one. */
export function concatenated(parts: readonly RandomAccess[]): RandomAccess {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return {
    size,
    read(offset, length) {
      requireRange(offset, length, size);
      const result = new Uint8Array(length);
      let start = 0;
      for (const part of parts) {
        const from = Math.max(offset, start);
        const to = Math.min(offset + length, start + part.size);
        if (from < to) result.set(part.read(from - start, to - from), from - offset);
        start += part.size;
      }
      return result;
    },
  };
}

/** The same bytes, for who reads many small pieces one after another. */
export function windowed(source: RandomAccess, windowBytes = 2 ** 16): RandomAccess {
  let start = 0;
  let held = new Uint8Array(0);
  return {
    size: source.size,
    read(offset, length) {
      requireRange(offset, length, source.size);
      if (length > windowBytes) return source.read(offset, length);
      if (offset < start || offset + length > start + held.length) {
        held = new Uint8Array(source.read(offset, Math.min(windowBytes, source.size - offset)));
        start = offset;
      }
      return held.subarray(offset - start, offset - start + length);
    },
  };
}

/**
 * Opens what a file names as lying beside or below it.
 * @throws CheckpointError where the name leads elsewhere, or to nothing
 */
export async function openSibling(file: CheckpointFile, path: unknown): Promise<RandomAccess> {
  const plain = typeof path === 'string' && path !== '' && !/^\/|[\\:\0]/.test(path);
  if (!plain || path.split('/').includes('..'))
    throw new CheckpointError(`it wants to read ${JSON.stringify(path)}, which is not beside it`);
  return file.sibling(path);
}

export function requireRange(offset: number, length: number, size: number): void {
  if (isCount(offset) && isCount(length) && offset + length <= size) return;
  throw new CheckpointError(`it ends too early: bytes ${offset} to ${offset + length} of ${size} are asked for`);
}

/** Whether a number can be a size or a place in a file. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
