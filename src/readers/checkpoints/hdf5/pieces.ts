import { elementCount } from '../dense';
import { decode, elementBytes, type TensorValues } from '../elements';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import type { Hdf5File } from './client';
import type { Block, Dataset } from './messages';

/** The numbers in C order, block by block. @throws CheckpointError where they cannot be read, or are more than a file holds */
export async function* datasetPieces(file: Hdf5File, dataset: Dataset, fileSize: number): AsyncIterable<TensorValues> {
  const { path, type, shape, chunks } = dataset;
  const width = elementBytes(type);
  const bytes = elementCount(shape) * width;
  if (bytes > limits.inflated && bytes > fileSize * 1032)
    throw new CheckpointError(`‘${path}’ claims ${bytes} bytes in a file of ${fileSize}`);
  if (chunks !== null && elementCount(chunks) * width > limits.inflated)
    throw new CheckpointError(`‘${path}’ is stored in blocks too large to be read`);
  for (const block of blocks(shape, limits.piece))
    yield decode(type, await file.block(dataset, block, elementCount(block.count) * width));
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
