import { Attribute, ready } from 'h5wasm';
import { CheckpointError } from '../error';

/** The library's own functions, which Emscripten made. */
export type Hdf5Module = Awaited<typeof ready>;

/** A file in the library's hands: its identifier is the library's own. */
export interface OpenHdf5 {
  readonly library: Hdf5Module;
  readonly id: bigint;
  /** Runs a call of the library. @throws CheckpointError where the library says no, with its reason */
  readonly call: <T>(work: () => T) => T;
  /** A short text that stands as an attribute beside a group or dataset. */
  readonly textAttribute: (path: string, name: string) => string | undefined;
  readonly close: () => void;
}

/** What is used of the file system inside of the library (Emscripten's). */
interface FileSystem {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): FileNode;
  unlink(path: string): void;
  getStream(descriptor: number): { stream_ops: StreamOperations } | null;
}

interface FileNode {
  stream_ops: StreamOperations;
}

/** Reads and writes go to or come from memory at an offset, and answer how many bytes went. */
interface StreamOperations {
  read?: (stream: unknown, memory: Uint8Array, offset: number, length: number, position: number) => number;
  write?: (stream: unknown, memory: Uint8Array, offset: number, length: number) => number;
}

interface Library {
  readonly module: Hdf5Module;
  readonly files: FileSystem;
  /** What the library wrote to its standard error since the last call. */
  diagnosis: string;
}

/** The bytes of a file as the library reads them. */
export interface Hdf5Source {
  readonly size: number;
  /** Fills the target. */
  readonly readInto: (target: Uint8Array, position: number) => void;
}

let loaded: Promise<Library> | undefined;
let count = 0;

/**
 * Opens a file with HDF5's own library, which reads it where it lies. The library sees this file and no other: links to
 * other files lead nowhere.
 * @throws CheckpointError where it is no file of HDF5
 */
export async function openHdf5(source: Hdf5Source): Promise<OpenHdf5> {
  const library = await (loaded ??= load());
  const name = `checkpoint-${++count}`;
  const node = library.files.createFile('/', name, {}, true, false);
  Object.defineProperty(node, 'usedBytes', { get: () => source.size });
  node.stream_ops = { ...node.stream_ops, read: (_stream, ...place) => readInto(source, ...place) };
  const { module } = library;
  const id = guarded(library, () => {
    const opened = module.open(`/${name}`, module.H5F_ACC_RDONLY, false, ...anyVersion(module));
    if (opened < 0n) throw new Error('it is not opened');
    return opened;
  });
  return {
    library: module,
    id,
    call: (work) => guarded(library, work),
    textAttribute: (path, name) => guarded(library, () => textAttribute(library, id, path, name)),
    close: () => {
      guarded(library, () => module.close_file(id));
      library.files.unlink(`/${name}`);
    },
  };
}

function anyVersion({ H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST }: Hdf5Module): readonly [number, number] {
  return [H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST];
}

async function load(): Promise<Library> {
  const module = await ready;
  const files = module.FS as unknown as FileSystem;
  const library: Library = { module, files, diagnosis: '' };
  const errors = library.files.getStream(2);
  if (errors !== null)
    errors.stream_ops = {
      ...errors.stream_ops,
      write: (_stream, memory, offset, length) => {
        const text = new TextDecoder().decode(memory.slice(offset, offset + length));
        library.diagnosis = (library.diagnosis + text).slice(0, 10_000);
        return length;
      },
    };
  return library;
}

const maximalText = 2 ** 16;

function textAttribute({ module }: Library, id: bigint, path: string, name: string): string | undefined {
  if (!module.get_attribute_names(id, path).includes(name)) return undefined;
  const attribute = new Attribute(id, path, name);
  if (attribute.metadata.size * attribute.metadata.total_size > maximalText) return undefined;
  const { value } = attribute;
  return typeof value === 'string' ? value : undefined;
}

/** As the system's `read`: what is there, up to the end of the file. */
function readInto(source: Hdf5Source, memory: Uint8Array, offset: number, length: number, position: number): number {
  const available = Math.max(0, Math.min(length, source.size - position));
  source.readInto(memory.subarray(offset, offset + available), position);
  return available;
}

function guarded<T>(library: Library, work: () => T): T {
  library.diagnosis = '';
  try {
    return work();
  } catch (error) {
    // Where its own code broke down, the library is of no use any more.
    if (error instanceof CheckpointError || error instanceof WebAssembly.RuntimeError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(`the HDF5 library says: ${innermost(library.diagnosis) ?? message}`);
  }
}

/** The deepest reason of a stack of errors, `  #006: …/H5FD.c line 966 in H5FD_open(): can't open file`. */
function innermost(diagnosis: string): string | undefined {
  return [...diagnosis.matchAll(/^ *#\d+: .* line \d+ in (\w+\(\): .*)$/gm)].at(-1)?.[1];
}
