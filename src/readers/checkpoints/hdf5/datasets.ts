import { elementBytes, decode, type ElementType, type TensorValues } from '../elements';
import { elementCount } from '../dense';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import type { OpenHdf5 } from './library';

/** A tensor of a file: its path there without the leading slash. */
export interface Dataset {
  readonly path: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The sizes of the blocks that it is stored, and perhaps compressed, in. */
  readonly chunks: readonly number[] | null;
}

/** More levels than any model nests; a group may contain itself. */
const maximalDepth = 64;

/** What a walk through all groups finds. Links within the file are further names of what they lead to. */
export interface Hdf5Tree {
  readonly datasets: readonly Dataset[];
  readonly groups: readonly string[];
  /** Paths of datasets that hold no numbers. */
  readonly others: readonly string[];
}

/** @throws CheckpointError where the file is broken or has no end */
export function walkHdf5({ library, id, call, textAttribute }: OpenHdf5): Hdf5Tree {
  const datasets: Dataset[] = [];
  const groups: string[] = [];
  const others: string[] = [];
  let visited = 0;
  const visit = (group: string, depth: number): void => {
    groups.push(group);
    for (const name of call(() => library.get_names(id, `/${group}`, false))) {
      if (++visited > limits.tensors) throw new CheckpointError('it has too many groups and datasets');
      const path = group === '' ? name : `${group}/${name}`;
      const type = call(() => library.get_type(id, `/${path}`));
      if (type === library.H5G_GROUP) {
        if (depth < maximalDepth) visit(path, depth + 1);
      } else if (type === library.H5G_DATASET) {
        const dataset = readDataset(path);
        if (dataset === undefined) others.push(path);
        else datasets.push(dataset);
      }
    }
  };
  const readDataset = (path: string): Dataset | undefined => {
    const { type, size, signed, shape, chunks } = call(() => library.get_dataset_metadata(id, `/${path}`));
    const { H5T_FLOAT, H5T_INTEGER, H5T_ENUM, H5T_OPAQUE } = library.H5T_class_t;
    let found: ElementType | undefined;
    if (type === H5T_FLOAT.value) found = floats.get(size);
    if (type === H5T_INTEGER.value) found = (signed ? signedIntegers : unsignedIntegers).get(size);
    if (type === H5T_ENUM.value && size === 1) found = 'bool';
    // Keras marks its bfloat16, for which HDF5 has no type.
    if (type === H5T_OPAQUE.value && size === 2 && textAttribute(`/${path}`, 'dtype') === 'bfloat16')
      found = 'bfloat16';
    return found === undefined || shape === null ? undefined : { path, type: found, shape, chunks };
  };
  visit('', 0);
  return { datasets, groups, others };
}

const floats: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [8, 'float64'],
  [4, 'float32'],
  [2, 'float16'],
]);
const signedIntegers: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [8, 'int64'],
  [4, 'int32'],
  [2, 'int16'],
  [1, 'int8'],
]);
const unsignedIntegers: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [8, 'uint64'],
  [4, 'uint32'],
  [2, 'uint16'],
  [1, 'uint8'],
]);

/** The numbers in C order, block by block. @throws CheckpointError where they cannot be read, or are more than a file holds */
export async function* datasetPieces(file: OpenHdf5, dataset: Dataset, fileSize: number): AsyncIterable<TensorValues> {
  const { path, type, shape, chunks } = dataset;
  const width = elementBytes(type);
  const bytes = elementCount(shape) * width;
  if (bytes > limits.inflated && bytes > fileSize * 1032)
    throw new CheckpointError(`‘${path}’ claims ${bytes} bytes in a file of ${fileSize}`);
  if (chunks !== null && elementCount(chunks) * width > limits.inflated)
    throw new CheckpointError(`‘${path}’ is stored in blocks too large to be read`);
  for (const { offset, count } of blocks(shape, limits.piece)) {
    yield decode(type, readBlock(file, `/${path}`, offset, count, width));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** Blocks that follow one another in C order, of at most so many elements where an axis can be cut. */
function* blocks(shape: readonly number[], maximal: number): Iterable<Block> {
  if (shape.includes(0)) return;
  const [first, ...rest] = shape;
  if (first === undefined || elementCount(shape) <= maximal) {
    yield { offset: shape.map(() => 0), count: shape };
    return;
  }
  const row = elementCount(rest);
  const step = Math.max(1, Math.floor(maximal / row));
  for (let start = 0; start < first; start += step) {
    const rows = Math.min(step, first - start);
    if (row <= maximal) yield { offset: [start, ...rest.map(() => 0)], count: [rows, ...rest] };
    else
      for (const { offset, count } of blocks(rest, maximal)) yield { offset: [start, ...offset], count: [1, ...count] };
  }
}

/** Bytes of a block, little-endian however they are stored: the library sees to it. */
function readBlock(
  { library, id, call }: OpenHdf5,
  path: string,
  offset: readonly number[],
  count: readonly number[],
  width: number,
): Uint8Array {
  const length = elementCount(count) * width;
  const memory = library._malloc(length);
  if (memory === 0) throw new CheckpointError('there is not enough memory for the HDF5 library');
  try {
    const strides = count.map(() => 1n);
    const status = call(() =>
      library.get_dataset_data(id, path, count.map(BigInt), offset.map(BigInt), strides, BigInt(memory)),
    );
    if (status < 0)
      throw new CheckpointError(`the numbers of ‘${path}’ cannot be read: the file is cut off, or broken`);
    return library.HEAPU8.slice(memory, memory + length);
  } finally {
    library._free(memory);
  }
}
