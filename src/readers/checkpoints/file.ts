import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { requireRange, type CheckpointFile, type RandomAccess } from './access';
import { CheckpointError } from './error';

/** A checkpoint on the disk, and what lies beside it. @throws CheckpointError where it cannot be read */
export function openFile(path: string): CheckpointFile {
  const descriptors: number[] = [];
  const open = (file: string): RandomAccess => {
    const { descriptor, access } = fileAccess(file);
    descriptors.push(descriptor);
    return access;
  };
  return {
    name: path,
    content: open(path),
    sibling: (relative) => Promise.resolve().then(() => open(join(dirname(path), relative))),
    close: () => {
      for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
    },
  };
}

function fileAccess(path: string): { readonly descriptor: number; readonly access: RandomAccess } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw cannotRead(path, error);
  }
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    closeSync(descriptor);
    throw new CheckpointError(`${path} is not a file`);
  }
  const { size } = stats;
  const read = (offset: number, length: number): Uint8Array => {
    requireRange(offset, length, size);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
      if (count === 0) throw new CheckpointError(`${basename(path)} became shorter while it was read`);
      filled += count;
    }
    return bytes;
  };
  return { descriptor, access: { size, read } };
}

function cannotRead(path: string, error: unknown): CheckpointError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new CheckpointError(`${path} does not exist`);
  if (code === 'EACCES') return new CheckpointError(`${path} may not be read`);
  return new CheckpointError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}
