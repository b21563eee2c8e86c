import type { CheckpointFile } from './access';
import type { Checkpoint, Contents, StoredTensor } from './checkpoint';
import { elementBytes, type TensorValues } from './elements';
import { elementCount } from './dense';
import { CheckpointError } from './error';
import type { Hdf5Options } from './hdf5/client';
import { limits } from './limits';
import { readContents } from './recognize';

/**
 * Reads the names, shapes and types of a checkpoint's tensors; the numbers stay where they are until they are asked for. What
 * it is, its content says; its name does not matter. Nothing in it is ever executed.
 * @param hdf5 for files of HDF5, which Keras writes; without it they are refused
 * @throws CheckpointError where it is none that is known, broken, or claims more than a file of its size can hold
 */
export async function openCheckpoint(file: CheckpointFile, hdf5?: Hdf5Options): Promise<Checkpoint> {
  try {
    return checkpoint(file, await readContents(file, hdf5));
  } catch (error) {
    file.close();
    throw error;
  }
}

function checkpoint(file: CheckpointFile, { format, tensors, notes, release }: Contents): Checkpoint {
  const byName = new Map(tensors.map((tensor) => [tensor.info.name, tensor]));
  const find = (name: string): StoredTensor => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new CheckpointError(`there is no tensor ‘${name}’`);
    return tensor;
  };
  return {
    file: file.name,
    format,
    tensors: tensors.map(({ info }) => info),
    notes,
    async *pieces(name) {
      yield* countedPieces(find(name));
    },
    values: async (name) => allValues(find(name)),
    close: () => {
      release?.();
      file.close();
    },
  };
}

/** The pieces of a tensor, which have as many numbers together as its shape says. */
async function* countedPieces({ info, pieces }: StoredTensor): AsyncIterable<TensorValues> {
  const count = elementCount(info.shape);
  let seen = 0;
  for await (const piece of pieces()) {
    seen += piece.length;
    if (seen > count) break;
    yield piece;
  }
  if (seen !== count)
    throw new CheckpointError(
      `the tensor ‘${info.name}’ has ${seen > count ? 'more' : 'less'} than its ${count} numbers`,
    );
}

async function allValues(tensor: StoredTensor): Promise<TensorValues> {
  const { name, shape, type } = tensor.info;
  const count = elementCount(shape);
  if (count * elementBytes(type) > limits.values)
    throw new CheckpointError(`the tensor ‘${name}’ is too large to be read as a whole`);
  let result: TensorValues | undefined;
  let filled = 0;
  for await (const piece of countedPieces(tensor)) {
    result ??= new (piece.constructor as new (length: number) => TensorValues)(count);
    // Pieces of one tensor are all of one kind.
    (result as Float64Array).set(piece as Float64Array, filled);
    filled += piece.length;
  }
  return result ?? new Float32Array(0);
}
