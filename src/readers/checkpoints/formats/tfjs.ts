import { concatenated, openSibling, type CheckpointFile, type RandomAccess } from '../access';
import { byteStream } from '../bytes';
import type { CheckpointNote, Contents, StoredTensor } from '../checkpoint';
import { densePieces, elementCount } from '../dense';
import { elementBytes, type ElementType, type TensorValues } from '../elements';
import { CheckpointError } from '../error';
import { isRecord } from '../json';

/** `model.json`; older converters wrote the manifest alone. */
export function isTfjsModel(index: unknown): boolean {
  return manifestOf(index) !== undefined;
}

function manifestOf(index: unknown): readonly unknown[] | undefined {
  const manifest = isRecord(index) ? index['weightsManifest'] : index;
  const isManifest =
    Array.isArray(manifest) && manifest.every((group) => isRecord(group) && Array.isArray(group['weights']));
  return isManifest ? manifest : undefined;
}

/** The groups' weights, which lie one after another in the group's files. @throws CheckpointError where they do not fit */
export async function readTfjs(file: CheckpointFile, index: unknown): Promise<Contents> {
  const tensors: StoredTensor[] = [];
  const notes: CheckpointNote[] = [];
  for (const group of manifestOf(index) ?? []) {
    const { paths, weights } = group as { readonly paths: unknown; readonly weights: readonly unknown[] };
    if (!Array.isArray(paths)) throw new CheckpointError('a group of its weights has no files');
    const shards: RandomAccess[] = [];
    for (const path of paths) shards.push(await openSibling(file, path));
    readGroup(concatenated(shards), weights, tensors, notes);
  }
  return { format: 'TensorFlow.js', tensors, notes };
}

function readGroup(
  data: RandomAccess,
  weights: readonly unknown[],
  tensors: StoredTensor[],
  notes: CheckpointNote[],
): void {
  let offset = 0;
  for (const weight of weights) {
    const stored = describe(weight);
    if (stored === undefined) {
      const message = `‘${nameOf(weight)}’ and what follows it in its group are not read: texts have no fixed length`;
      notes.push({ kind: 'notRead', message });
      return;
    }
    const { name, shape, type, storedAs, dequantize } = stored;
    const layout = { type: storedAs, shape, offset };
    offset += elementCount(shape) * elementBytes(storedAs);
    if (offset > data.size)
      throw new CheckpointError(`its shards end within ‘${name}’: one is cut off, or the manifest wrong`);
    tensors.push({
      info: { name, shape, type },
      async *pieces() {
        for await (const piece of densePieces(byteStream(data), layout)) yield dequantize?.(piece) ?? piece;
      },
    });
  }
}

interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly storedAs: ElementType;
  readonly dequantize?: (codes: TensorValues) => TensorValues;
}

const types: ReadonlyMap<unknown, ElementType> = new Map<unknown, ElementType>([
  ['float32', 'float32'],
  ['int32', 'int32'],
  ['bool', 'bool'],
  ['complex64', 'complex64'],
  ['float16', 'float16'],
  ['uint8', 'uint8'],
  ['uint16', 'uint16'],
]);

function nameOf(weight: unknown): string {
  return isRecord(weight) && typeof weight['name'] === 'string' ? weight['name'] : '?';
}

/** What the manifest says of a weight; undefined of texts. */
function describe(weight: unknown): StoredWeight | undefined {
  const name = nameOf(weight);
  if (!isRecord(weight) || !Array.isArray(weight['shape']))
    throw new CheckpointError(`the weight ‘${name}’ has no shape`);
  const { dtype, quantization } = weight;
  if (dtype === 'string') return undefined;
  const shape = weight['shape'] as readonly number[];
  elementCount(shape);
  const type = types.get(dtype);
  if (type === undefined)
    throw new CheckpointError(`the weight ‘${name}’ has the unknown type ${JSON.stringify(dtype)}`);
  if (quantization === undefined) return { name, shape, type, storedAs: type };
  const { dtype: code, scale, min = 0 } = isRecord(quantization) ? quantization : {};
  const storedAs = types.get(code);
  if (storedAs === 'float16') return { name, shape, type, storedAs };
  if ((storedAs !== 'uint8' && storedAs !== 'uint16') || typeof scale !== 'number' || typeof min !== 'number')
    throw new CheckpointError(`the weight ‘${name}’ is quantised in a way that is not known`);
  const value = (quantized: number | bigint): number => Number(quantized) * scale + min;
  const dequantize = (codes: TensorValues): TensorValues =>
    type === 'int32'
      ? Float64Array.from<number | bigint>(codes, (quantized) => Math.round(value(quantized)))
      : Float32Array.from<number | bigint>(codes, value);
  return { name, shape, type, storedAs, dequantize };
}
