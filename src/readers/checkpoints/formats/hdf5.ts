import type { RandomAccess } from '../access';
import type { CheckpointFormat, Contents, StoredTensor } from '../checkpoint';
import { startsWith } from '../marks';
import { datasetPieces, walkHdf5, type Hdf5Tree } from '../hdf5/datasets';
import { kerasNames } from '../hdf5/keras';
import { openHdf5 } from '../hdf5/library';

/** The superblock may follow a user block of 512 bytes, or of any power of two from there on. */
export function looksLikeHdf5(source: RandomAccess): boolean {
  for (let at = 0; at < source.size; at = at === 0 ? 512 : at * 2)
    if (startsWith(source, '\x89HDF\r\n\x1a\n', at)) return true;
  return false;
}

/** Keras' weights and models, and any other file of HDF5: a tensor a dataset, by its path. */
export async function readHdf5(source: RandomAccess, format?: CheckpointFormat): Promise<Contents> {
  const file = await openHdf5(source);
  try {
    const tree = walkHdf5(file);
    const names = kerasNames(file, tree);
    const tensors = tree.datasets.map((dataset): StoredTensor => {
      const { path: name, type, shape } = dataset;
      const alias = names.get(name);
      return {
        info: { name, type, shape, ...(alias !== undefined && { aliases: [alias] }) },
        pieces: () => datasetPieces(file, dataset, source.size),
      };
    });
    const notes = tree.others.map((path) => ({ kind: 'notRead', message: `‘${path}’ holds no numbers` }) as const);
    return { format: format ?? formatOf(tree), tensors, notes, release: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function formatOf({ datasets, groups }: Hdf5Tree): CheckpointFormat {
  if (groups.includes('model_weights')) return 'Keras model';
  return datasets.some(({ path }) => /(^|\/)vars\/\d+$/.test(path)) ? 'Keras weights' : 'HDF5';
}
