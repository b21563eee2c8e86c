import type { RandomAccess } from '../access';
import type { CheckpointFormat, Contents, StoredTensor } from '../checkpoint';
import { CheckpointError } from '../error';
import { openHdf5File, type Hdf5Options } from '../hdf5/client';
import type { Hdf5Tree } from '../hdf5/messages';
import { datasetPieces } from '../hdf5/pieces';
import { startsWith } from '../marks';

/** The superblock may follow a user block of 512 bytes, or of any power of two from there on. */
export function looksLikeHdf5(source: RandomAccess): boolean {
  for (let at = 0; at < source.size; at = at === 0 ? 512 : at * 2)
    if (startsWith(source, '\x89HDF\r\n\x1a\n', at)) return true;
  return false;
}

/**
 * Keras' weights and models, and any other file of HDF5: a tensor a dataset, by its path.
 * @throws CheckpointError where it is broken, or the library is not at hand
 */
export async function readHdf5(
  source: RandomAccess,
  options: Hdf5Options | undefined,
  format?: CheckpointFormat,
): Promise<Contents> {
  if (options === undefined) throw new CheckpointError('it is a file of HDF5, whose library is not at hand');
  const file = await openHdf5File(source, options);
  const { tree } = file;
  const tensors = tree.datasets.map((dataset): StoredTensor => {
    const { path: name, type, shape, alias } = dataset;
    return {
      info: { name, type, shape, ...(alias !== undefined && { aliases: [alias] }) },
      pieces: () => datasetPieces(file, dataset, source.size),
    };
  });
  const notes = tree.others.map((path) => ({ kind: 'notRead', message: `‘${path}’ holds no numbers` }) as const);
  return { format: format ?? formatOf(tree), tensors, notes, release: file.close };
}

function formatOf({ datasets, groups }: Hdf5Tree): CheckpointFormat {
  if (groups.includes('model_weights')) return 'Keras model';
  return datasets.some(({ path }) => /(^|\/)vars\/\d+$/.test(path)) ? 'Keras weights' : 'HDF5';
}
