import { WireType } from '@bufbuild/protobuf/wire';
import { isCount, openSibling, section, windowed, type CheckpointFile, type RandomAccess } from '../access';
import { byteStream, type ByteStream } from '../bytes';
import type { CheckpointNote, Contents, StoredTensor } from '../checkpoint';
import { densePieces, elementCount } from '../dense';
import { decode, elementBytes, type ElementType, type TensorValues } from '../elements';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import { fieldsOf, readVarints, type Field } from '../protobuf';

/** The numbers of the fields that are read, and the types of all of a model's (https://github.com/onnx/onnx, onnx.proto3). */
const model = { irVersion: 1, graph: 7 };
const modelFields: ReadonlyMap<number, WireType> = new Map([
  [1, WireType.Varint],
  [5, WireType.Varint],
  ...[2, 3, 4, 6, 7, 8, 14, 20, 25, 26].map((number) => [number, WireType.LengthDelimited] as const),
]);
const graph = { initializer: 5, sparseInitializer: 15 };
const tensorField = {
  dims: 1,
  dataType: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
};
const externalEntry = { key: 1, value: 2 };

/** `TensorProto.DataType` */
const types: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [4, 'uint16'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [12, 'uint32'],
  [13, 'uint64'],
  [14, 'complex64'],
  [15, 'complex128'],
  [16, 'bfloat16'],
  [17, 'float8_e4m3fn'],
  [18, 'float8_e4m3fnuz'],
  [19, 'float8_e5m2'],
  [20, 'float8_e5m2fnuz'],
  [24, 'float8_e8m0fnu'],
]);

/** It has no mark: the first fields must be those of a model, its version first. */
export function looksLikeOnnx(source: RandomAccess): boolean {
  let seen = 0;
  try {
    for (const { number, wireType, value } of fieldsOf(source)) {
      if (modelFields.get(number) !== wireType) return false;
      if (seen === 0 && (number !== model.irVersion || value < 1n || value > 100n)) return false;
      if (++seen === 3) return true;
    }
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return seen >= 2;
  }
  return seen >= 2;
}

/** The initialisers of the graph: the weights of the model, and constants. Their numbers may lie in other files. */
export function readOnnx(file: CheckpointFile): Contents {
  const source = windowed(file.content);
  const tensors = new Map<string, StoredTensor>();
  const notes: CheckpointNote[] = [];
  for (const part of fieldsOf(source)) {
    if (part.number !== model.graph || part.wireType !== WireType.LengthDelimited) continue;
    for (const field of fieldsOf(source, part.offset, part.offset + part.length)) {
      if (field.wireType !== WireType.LengthDelimited) continue;
      if (field.number === graph.sparseInitializer)
        notes.push({ kind: 'notRead', message: 'a sparse tensor is not read' });
      if (field.number !== graph.initializer) continue;
      if (tensors.size >= limits.tensors) throw new CheckpointError('it has too many initialisers');
      const description = readTensor(source, field);
      const { name, dataType } = description;
      const type = types.get(dataType);
      if (type === undefined)
        notes.push({ kind: 'notRead', message: `‘${name}’ is of a type that is not read (${dataType})` });
      else tensors.set(name, storedTensor(file, description, type));
    }
  }
  return { format: 'ONNX', tensors: [...tensors.values()], notes };
}

interface TensorProto {
  readonly name: string;
  readonly dataType: number;
  readonly shape: readonly number[];
  readonly raw: Field | undefined;
  /** Lists of numbers: of floats and doubles as they are, of integers as varints. */
  readonly fixed: readonly Field[];
  readonly varints: readonly Field[];
  /** Set where the numbers lie in another file: its name, and where in it. */
  readonly external: ReadonlyMap<string, string>;
}

function readTensor(source: RandomAccess, { offset, length }: Field): TensorProto {
  let name = '';
  let dataType = 0;
  let raw: Field | undefined;
  const shape: number[] = [];
  const fixed: Field[] = [];
  const varints: Field[] = [];
  const external = new Map<string, string>();
  for (const field of fieldsOf(source, offset, offset + length)) {
    switch (field.number) {
      case tensorField.dims:
        for (const size of integersOf(source, field)) shape.push(Number(size));
        break;
      case tensorField.dataType:
        dataType = Number(field.value);
        break;
      case tensorField.name:
        name = textOf(source, field);
        break;
      case tensorField.raw:
        raw = field;
        break;
      case tensorField.floats:
      case tensorField.doubles:
        fixed.push(field);
        break;
      case tensorField.int32s:
      case tensorField.int64s:
      case tensorField.uint64s:
        varints.push(field);
        break;
      case tensorField.external: {
        const [key = '', value = ''] = [externalEntry.key, externalEntry.value].map((number) =>
          [...fieldsOf(source, field.offset, field.offset + field.length)]
            .filter((entry) => entry.number === number)
            .map((entry) => textOf(source, entry))
            .join(''),
        );
        external.set(key, value);
        break;
      }
    }
    if (shape.length > limits.axes || external.size > 16 || fixed.length + varints.length > 2 ** 20)
      throw new CheckpointError(`the initialiser ‘${name}’ is described without an end`);
  }
  elementCount(shape);
  return { name, dataType, shape, raw, fixed, varints, external };
}

/** Numbers one by one, or packed. */
function integersOf(source: RandomAccess, { wireType, value, offset, length }: Field): readonly bigint[] {
  if (wireType === WireType.Varint) return [value];
  if (length > 10 * limits.axes) throw new CheckpointError('an initialiser has a shape that is too long');
  return readVarints(source.read(offset, length), true).values;
}

const maximalText = 10_000;

function textOf(source: RandomAccess, { offset, length }: Field): string {
  if (length > maximalText) throw new CheckpointError(`it has a name of ${length} bytes`);
  return new TextDecoder().decode(source.read(offset, length));
}

function storedTensor(file: CheckpointFile, description: TensorProto, type: ElementType): StoredTensor {
  const { name, shape, raw, fixed, varints, external } = description;
  const claimed = elementCount(shape) * elementBytes(type);
  const present = raw?.length ?? fixed.reduce((sum, { length }) => sum + length, 0);
  if (external.size === 0 && varints.length === 0 && present !== claimed)
    throw new CheckpointError(`the initialiser ‘${name}’ has ${present} bytes instead of ${claimed}`);
  const source = file.content;
  const pieces = async function* (): AsyncIterable<TensorValues> {
    const layout = { type, shape, offset: 0 };
    if (external.size > 0) yield* densePieces(byteStream(await externalData(file, name, external, claimed)), layout);
    else if (raw !== undefined) yield* densePieces(byteStream(section(source, raw.offset, raw.length)), layout);
    else if (varints.length > 0) yield* varintPieces(source, varints, type);
    else yield* densePieces(fieldStream(source, fixed), layout);
  };
  return { info: { name, shape, type }, pieces };
}

async function externalData(
  file: CheckpointFile,
  name: string,
  external: ReadonlyMap<string, string>,
  claimed: number,
): Promise<RandomAccess> {
  const content = await openSibling(file, external.get('location'));
  const offset = Number(external.get('offset') ?? 0);
  const length = Number(external.get('length') ?? claimed);
  if (!isCount(offset) || length !== claimed)
    throw new CheckpointError(`the initialiser ‘${name}’ has ${length} bytes in another file instead of ${claimed}`);
  return section(content, offset, length);
}

/** Fields one after another, as if they were one. */
function fieldStream(source: RandomAccess, fields: readonly Field[]): ByteStream {
  return {
    size: fields.reduce((sum, { length }) => sum + length, 0),
    async *stream() {
      for (const { offset, length } of fields) yield* byteStream(source).stream(offset, length);
    },
  };
}

const windowBytes = 2 ** 16;

/** Integers that are stored as varints, or numbers of few bits whose bits are. */
async function* varintPieces(
  source: RandomAccess,
  fields: readonly Field[],
  type: ElementType,
): AsyncIterable<TensorValues> {
  for (const { wireType, value, offset, length } of fields) {
    if (wireType === WireType.Varint) {
      yield decode(type, littleEndianBytes([value], elementBytes(type)));
      continue;
    }
    for (let position = 0; position < length;) {
      const rest = length - position;
      const { values, end } = readVarints(
        source.read(offset + position, Math.min(windowBytes, rest)),
        rest <= windowBytes,
      );
      position += end;
      yield decode(type, littleEndianBytes(values, elementBytes(type)));
      await Promise.resolve();
    }
  }
}

function littleEndianBytes(values: readonly bigint[], width: number): Uint8Array {
  const result = new Uint8Array(values.length * width);
  const view = new DataView(new ArrayBuffer(8));
  for (const [index, value] of values.entries()) {
    view.setBigInt64(0, BigInt.asIntN(64, value), true);
    result.set(new Uint8Array(view.buffer, 0, width), index * width);
  }
  return result;
}
