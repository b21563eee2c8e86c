import {
  CheckpointError,
  inMemory,
  openCheckpoint,
  type Checkpoint,
  type Hdf5Options,
} from '../../../src/readers/checkpoints';

/** A checkpoint as a test wrote it, with the files beside it by their names. */
export function openBytes(
  bytes: Uint8Array,
  siblings: Readonly<Record<string, Uint8Array>> = {},
  hdf5?: Hdf5Options,
): Promise<Checkpoint> {
  return openCheckpoint(
    inMemory('checkpoint', bytes, (path) => {
      const sibling = siblings[path];
      return sibling === undefined ? Promise.reject(new CheckpointError(`no ${path}`)) : Promise.resolve(sibling);
    }),
    hdf5,
  );
}

/** The safetensors file of a header (as JSON, or as it is) and data. */
export function safetensors(header: unknown, data: Uint8Array = new Uint8Array(0), claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  return Buffer.concat([new Uint8Array(length.buffer), text, data]);
}

/** An entry of an archive: bytes as they are, bytes that were packed with the size that is claimed, or another entry's place. */
type ZipPart = Uint8Array | { readonly packed: Uint8Array; readonly size: number } | { readonly sameAs: string };

/** A zip archive of these entries, honest or not. */
export function zip(entries: Readonly<Record<string, ZipPart>>): Uint8Array {
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  const written = new Map<string, { readonly offset: number; readonly fields: readonly number[] }>();
  let position = 0;
  for (const [name, part] of Object.entries(entries)) {
    const encoded = Buffer.from(name);
    const same = 'sameAs' in part ? written.get(part.sameAs) : undefined;
    const stored = part instanceof Uint8Array;
    const bytes = stored ? part : 'packed' in part ? part.packed : new Uint8Array(0);
    const size = stored ? part.length : 'packed' in part ? part.size : 0;
    const fields = same?.fields ?? [stored ? 0 : 8, bytes.length, size];
    const offset = same?.offset ?? position;
    written.set(name, { offset, fields });
    central.push(record(0x02014b50, fields, encoded.length, offset), encoded);
    if (same !== undefined) continue;
    const local = [record(0x04034b50, fields, encoded.length), encoded, bytes];
    locals.push(...local);
    position += local.reduce((sum, { length }) => sum + length, 0);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A header of an entry: a local one, or one of the directory where the place is given. The checksum is left out: nobody asks. */
function record(signature: number, fields: readonly number[], nameLength: number, offset?: number): Uint8Array {
  const [method = 0, packed = 0, size = 0] = fields;
  const central = offset !== undefined;
  const header = Buffer.alloc(central ? 46 : 30);
  header.writeUInt32LE(signature, 0);
  const start = central ? 6 : 4;
  header.writeUInt16LE(20, start);
  header.writeUInt16LE(method, start + 4);
  header.writeUInt32LE(packed, start + 14);
  header.writeUInt32LE(size, start + 18);
  header.writeUInt16LE(nameLength, start + 22);
  if (central) header.writeUInt32LE(offset, 42);
  return header;
}
