import type { Contents } from '../checkpoint';
import { CheckpointError } from '../error';
import type { Hdf5Options } from '../hdf5/client';
import { limits } from '../limits';
import type { ZipEntry } from '../zip';
import { readHdf5 } from './hdf5';

const weights = 'model.weights.h5';

export function isKerasArchive(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return entries.has('config.json') && entries.has('metadata.json');
}

/** A `.keras` file: an archive of the model's configuration and its weights, which are a file of HDF5. */
export async function readKerasArchive(
  entries: ReadonlyMap<string, ZipEntry>,
  options: Hdf5Options | undefined,
): Promise<Contents> {
  const entry = entries.get(weights);
  if (entry === undefined) throw new CheckpointError(`its archive has no ‘${weights}’`);
  return readHdf5(await entry.access(limits.inflated), options, 'Keras model');
}
