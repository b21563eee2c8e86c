import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { RandomAccess } from './access';
import { CheckpointError } from './error';

/** A field of a message, by its place: large ones are not read until they are asked for. */
export interface Field {
  readonly number: number;
  readonly wireType: WireType;
  /** Of a number that is stored with a length of its own (a varint). */
  readonly value: bigint;
  /** Where its content lies. */
  readonly offset: number;
  readonly length: number;
}

/** A tag and a varint are no longer than this. */
const headBytes = 20;

/** The fields of the message that these bytes are, one after another. @throws CheckpointError where they are no message */
export function* fieldsOf(source: RandomAccess, start = 0, end = source.size): Iterable<Field> {
  for (let position = start; position < end;) {
    const field = readField(source, position, Math.min(headBytes, end - position));
    if (field.offset + field.length > end)
      throw new CheckpointError(`a part of it claims ${field.length} bytes, but only ${end - field.offset} follow`);
    yield field;
    position = field.offset + field.length;
  }
}

const fixedLength: Readonly<Partial<Record<WireType, number>>> = { [WireType.Bit32]: 4, [WireType.Bit64]: 8 };

function readField(source: RandomAccess, position: number, available: number): Field {
  const reader = new BinaryReader(source.read(position, available));
  try {
    const [number, wireType] = reader.tag();
    const varint = wireType === WireType.Varint ? BigInt(reader.int64()) : 0n;
    const length = wireType === WireType.LengthDelimited ? reader.uint32() : (fixedLength[wireType] ?? 0);
    if (wireType === WireType.StartGroup || wireType === WireType.EndGroup) throw new Error('groups are not used');
    return { number, wireType, value: varint, offset: position + reader.pos, length };
  } catch (error) {
    throw notProtobuf(error);
  }
}

/** Packed varints, the last of which may be cut off where more bytes are to come. */
export function readVarints(bytes: Uint8Array, whole: boolean): { readonly values: bigint[]; readonly end: number } {
  const reader = new BinaryReader(bytes);
  const values: bigint[] = [];
  const longest = 10;
  try {
    while (reader.pos < bytes.length && (whole || bytes.length - reader.pos >= longest))
      values.push(BigInt(reader.int64()));
  } catch (error) {
    throw notProtobuf(error);
  }
  return { values, end: reader.pos };
}

/** The library says by errors of no class of their own what is wrong. */
function notProtobuf(error: unknown): CheckpointError {
  return new CheckpointError(`it is broken: ${error instanceof Error ? error.message : String(error)}`);
}
