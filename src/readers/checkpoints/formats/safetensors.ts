import { section, isCount, type RandomAccess } from '../access';
import { byteStream } from '../bytes';
import type { Contents, StoredTensor } from '../checkpoint';
import { densePieces, elementCount } from '../dense';
import { elementBytes, type ElementType } from '../elements';
import { CheckpointError } from '../error';
import { isRecord, own, readJson } from '../json';
import { limits } from '../limits';

/** The names of types in a header (https://github.com/huggingface/safetensors#format). */
const types: ReadonlyMap<string, ElementType> = new Map(
  Object.entries({
    F64: 'float64',
    F32: 'float32',
    F16: 'float16',
    BF16: 'bfloat16',
    F8_E4M3: 'float8_e4m3fn',
    F8_E5M2: 'float8_e5m2',
    F8_E8M0: 'float8_e8m0fnu',
    I64: 'int64',
    I32: 'int32',
    I16: 'int16',
    I8: 'int8',
    U64: 'uint64',
    U32: 'uint32',
    U16: 'uint16',
    U8: 'uint8',
    BOOL: 'bool',
    C64: 'complex64',
  }),
);

/** The length of the header's length, an unsigned little-endian integer. */
const prefix = 8;

/** It has no mark of its own; its header is a JSON object, which starts at once after its length. */
export function looksLikeSafetensors(source: RandomAccess): boolean {
  return source.size > prefix && source.read(prefix, 1)[0] === 0x7b;
}

/** Surely so: a header of less than 4 GB. Some lengths are the bytes that a pickle begins with (640 is `80 02`). */
export function hasShortHeader(source: RandomAccess): boolean {
  return looksLikeSafetensors(source) && source.read(4, 4).every((byte) => byte === 0);
}

/** @throws CheckpointError where the header or what it claims does not fit the file */
export function readSafetensors(source: RandomAccess): Contents {
  const length = headerLength(source);
  const header = readJson(source, prefix, length);
  if (!isRecord(header)) throw new CheckpointError('its header is no object');
  const data = section(source, prefix + length, source.size - prefix - length);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (entries.length > limits.tensors) throw new CheckpointError(`${entries.length} tensors are too many`);
  const places = entries
    .map(([name, entry]) => placeOf(name, entry, data.size))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  requireGapless(places, data.size);
  const order = new Map(entries.map(([name], index) => [name, index]));
  const dropped = droppedNames(own(header, '__metadata__'));
  const tensors = places.map(({ name, type, shape, begin }): StoredTensor => {
    const aliases = dropped.get(name);
    return {
      info: { name, shape, type, ...(aliases && { aliases }) },
      pieces: () => densePieces(byteStream(data), { type, shape, offset: begin }),
    };
  });
  return {
    format: 'safetensors',
    tensors: tensors.sort((a, b) => (order.get(a.info.name) ?? 0) - (order.get(b.info.name) ?? 0)),
    notes: [],
  };
}

function headerLength(source: RandomAccess): number {
  const length = new DataView(new Uint8Array(source.read(0, prefix)).buffer).getBigUint64(0, true);
  if (length > BigInt(source.size - prefix))
    throw new CheckpointError(`its header claims ${length} bytes, but only ${source.size - prefix} follow`);
  return Number(length);
}

interface Place {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function placeOf(name: string, entry: unknown, size: number): Place {
  const wrong = (what: string): CheckpointError => new CheckpointError(`the tensor ‘${name}’ ${what}`);
  if (!isRecord(entry)) throw wrong('is not described');
  const { dtype, shape, data_offsets: offsets } = entry;
  const type = typeof dtype === 'string' ? types.get(dtype) : undefined;
  if (type === undefined) throw wrong(`has the unknown type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape)) throw wrong('has no shape');
  if (!Array.isArray(offsets)) throw wrong('has no place');
  const [begin, end] = offsets as readonly unknown[];
  if (!isCount(begin) || !isCount(end) || begin > end) throw wrong('has a place that makes no sense');
  if (end > size)
    throw wrong(`ends at byte ${end}, but the data have ${size}: the file is cut off, or its header wrong`);
  const sizes = shape as readonly number[];
  const wanted = elementCount(sizes) * elementBytes(type);
  if (end - begin !== wanted)
    throw wrong(`takes ${end - begin} bytes, but ${sizes.join('×')} of ${type} needs ${wanted}`);
  return { name, type: type, shape: sizes, begin, end };
}

/** As the format demands: every byte belongs to one tensor. */
function requireGapless(places: readonly Place[], size: number): void {
  let end = 0;
  for (const place of places) {
    if (place.begin < end) throw new CheckpointError(`the tensor ‘${place.name}’ overlaps another one`);
    if (place.begin > end) throw new CheckpointError(`there is a gap before the tensor ‘${place.name}’`);
    ({ end } = place);
  }
  if (end < size) throw new CheckpointError(`${size - end} bytes follow the last tensor`);
}

/** `save_model` of safetensors writes shared tensors once, and to the metadata which names it dropped for which. */
function droppedNames(metadata: unknown): ReadonlyMap<unknown, readonly string[]> {
  const names = new Map<unknown, string[]>();
  for (const [dropped, kept] of isRecord(metadata) ? Object.entries(metadata) : [])
    names.set(kept, [...(names.get(kept) ?? []), dropped]);
  return names;
}
