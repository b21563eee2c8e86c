import type { ElementType } from '../elements';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import { kerasNames } from './keras';
import type { OpenHdf5 } from './library';
import type { Dataset, Hdf5Tree } from './messages';

/** More levels than any model nests; a group may contain itself. */
const maximalDepth = 64;

/** @throws CheckpointError where the file is broken or has no end */
export function walkHdf5(file: OpenHdf5): Hdf5Tree {
  const { library, id, call, textAttribute } = file;
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
  const names = kerasNames(file, datasets, groups);
  return {
    datasets: datasets.map((dataset) => {
      const alias = names.get(dataset.path);
      return alias === undefined ? dataset : { ...dataset, alias };
    }),
    groups,
    others,
  };
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
