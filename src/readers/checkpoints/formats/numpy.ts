import type { RandomAccess } from '../access';
import { byteStream, joined, type ByteStream } from '../bytes';
import type { CheckpointNote, Contents, StoredTensor } from '../checkpoint';
import { cStrides, densePieces, elementCount, spannedBytes } from '../dense';
import { CheckpointError } from '../error';
import { startsWith } from '../marks';
import { numpyType, type NumpyType } from '../numpy';
import type { ZipEntry } from '../zip';

const mark = '\x93NUMPY';

export function looksLikeNpy(source: RandomAccess): boolean {
  return startsWith(source, mark);
}

/** One array; it has no name, and is called what it is. */
export async function readNpyFile(content: RandomAccess): Promise<Contents> {
  const tensor = await readArray('array', byteStream(content));
  if (tensor === undefined) throw new CheckpointError('it is an array of no numbers');
  return { format: 'NumPy array', tensors: [tensor], notes: [] };
}

export function isNpz(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return [...entries.keys()].some((name) => name.endsWith('.npy'));
}

/** `savez`: an archive of arrays by their names. */
export async function readNpz(entries: ReadonlyMap<string, ZipEntry>): Promise<Contents> {
  const tensors: StoredTensor[] = [];
  const notes: CheckpointNote[] = [];
  for (const entry of entries.values()) {
    if (!entry.name.endsWith('.npy')) continue;
    const name = entry.name.slice(0, -'.npy'.length);
    const tensor = await readArray(name, await entry.stream());
    if (tensor === undefined) notes.push({ kind: 'notRead', message: `‘${name}’ is an array of no numbers` });
    else tensors.push(tensor);
  }
  return { format: 'NumPy archive', tensors, notes };
}

/** @throws CheckpointError where it is no array, or cut off; undefined where its elements are no numbers */
async function readArray(name: string, stream: ByteStream): Promise<StoredTensor | undefined> {
  const { stored, shape, fortran, end } = await readHeader(name, stream);
  if (stored === undefined) return undefined;
  const layout = {
    ...stored,
    shape,
    offset: end,
    ...(fortran && { strides: cStrides(shape.toReversed()).toReversed() }),
  };
  if (end + spannedBytes(layout) > stream.size)
    throw new CheckpointError(`the array ‘${name}’ claims more numbers than follow: the file is cut off, or broken`);
  return { info: { name, shape, type: stored.type }, pieces: () => densePieces(stream, layout) };
}

interface Header {
  /** Undefined where the elements are no numbers. */
  readonly stored: NumpyType | undefined;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  /** The place of the first element. */
  readonly end: number;
}

/** NumPy itself refuses longer ones, as parsing them is not safe. */
const maximalHeader = 10_000;

/** The mark, a version, the length of the header, and the header: a dictionary as Python writes it. */
async function readHeader(name: string, stream: ByteStream): Promise<Header> {
  const start = await take(stream, 0, Math.min(12, stream.size));
  const view = new DataView(start.buffer);
  if (start.length < 10 || !mark.split('').every((character, index) => start[index] === character.charCodeAt(0)))
    throw new CheckpointError(`‘${name}’ is no array of NumPy`);
  const long = (start[6] ?? 0) >= 2;
  const begin = long ? 12 : 10;
  const length = long && start.length === 12 ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > Math.min(maximalHeader, stream.size - begin))
    throw new CheckpointError(`the array ‘${name}’ claims a header of ${length} bytes`);
  const text = new TextDecoder('latin1').decode(await take(stream, begin, length));
  const fortran = /'fortran_order': (True|False)/.exec(text)?.[1];
  const sizes = /'shape': \(([\d, L]*)\)/.exec(text)?.[1];
  const description = /'descr': (?:'([^']*)'|\[)/.exec(text);
  if (fortran === undefined || sizes === undefined || description === null)
    throw new CheckpointError(`the array ‘${name}’ has a header that is not understood`);
  const shape = [...sizes.matchAll(/\d+/g)].map(([size]) => Number(size));
  elementCount(shape);
  return { stored: numpyType(description[1] ?? ''), shape, fortran: fortran === 'True', end: begin + length };
}

async function take(stream: ByteStream, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of stream.stream(offset, length)) parts.push(part);
  return joined(parts);
}
