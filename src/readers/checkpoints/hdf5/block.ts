import { CheckpointError } from '../error';
import type { OpenHdf5 } from './library';
import type { Block } from './messages';

/** Bytes of a block, little-endian however they are stored: the library sees to it. */
export function readBlock(
  { library, id, call }: OpenHdf5,
  path: string,
  { offset, count }: Block,
  bytes: number,
): Uint8Array {
  const memory = library._malloc(bytes);
  if (memory === 0) throw new CheckpointError('there is not enough memory for the HDF5 library');
  try {
    const strides = count.map(() => 1n);
    const status = call(() =>
      library.get_dataset_data(id, `/${path}`, count.map(BigInt), offset.map(BigInt), strides, BigInt(memory)),
    );
    if (status < 0)
      throw new CheckpointError(`the numbers of ‘${path}’ cannot be read: the file is cut off, or broken`);
    return library.HEAPU8.slice(memory, memory + bytes);
  } finally {
    library._free(memory);
  }
}
