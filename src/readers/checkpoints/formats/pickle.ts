import { section, type RandomAccess } from '../access';
import { byteStream, type ByteStream } from '../bytes';
import type { Contents } from '../checkpoint';
import { elementBytes, type ElementType } from '../elements';
import { CheckpointError } from '../error';
import { openInPickle, type Place } from '../objects/description';
import { storedTensors } from '../objects/stored';
import { storageReference } from '../objects/torch';
import { describeTensors } from '../objects/walk';
import { isKind, itemsOf, unpickle, type PickleValue, type Unpickled } from '../pickle';

/** The first of the five pickles of a file that PyTorch wrote before 1.6 (`torch/serialization.py`). */
const torchMagic = 0x1950a86a20f9469cfc6cn;

export function looksLikePickle(source: RandomAccess): boolean {
  if (source.size < 3) return false;
  const [protocol, version = 0] = source.read(0, 2);
  return protocol === 0x80 && version >= 2 && version <= 5;
}

/** A pickle of arrays; or PyTorch's legacy format, which is several pickles and then the storages. */
export function readPickleFile(source: RandomAccess): Contents {
  const first = unpickle(source);
  return first.value === torchMagic ? readLegacyTorch(source, first.end) : readPlainPickle(source, first);
}

function readPlainPickle(source: RandomAccess, pickle: Unpickled): Contents {
  const described = describeTensors(pickle);
  const tensors = storedTensors(described.tensors, {
    size: (place) => openPlain(source, place).size,
    open: (place) => openPlain(source, place),
  });
  if (tensors.length > 0) return { format: 'pickle', tensors, notes: described.notes };
  throw new CheckpointError(
    ['it is a pickle without tensors', ...described.notes.map(({ message }) => message)].join('; '),
  );
}

function openPlain(source: RandomAccess, place: Place): ByteStream {
  if (place.kind === 'storage') throw new CheckpointError('its pickle refers to storages that are not in the file');
  return openInPickle(source, place);
}

function readLegacyTorch(source: RandomAccess, afterMagic: number): Contents {
  const version = unpickle(source, afterMagic);
  if (version.value !== 1001) throw new CheckpointError('it is of a version of the legacy format that is not known');
  const system = unpickle(source, version.end);
  const object = unpickle(source, system.end);
  const keys = unpickle(source, object.end);
  const described = describeTensors(object);
  const storages = placeStorages(source, keys, elementTypes(object.value));
  const find = (key: string): RandomAccess => {
    const found = storages.get(key);
    if (found === undefined) throw new CheckpointError(`its storage ‘${key.slice(0, 80)}’ is missing`);
    return found;
  };
  const tensors = storedTensors(described.tensors, {
    size: (place) => (place.kind === 'storage' ? find(place.key).size : openInPickle(source, place).size),
    open: (place) => (place.kind === 'storage' ? byteStream(find(place.key)) : openInPickle(source, place)),
    littleEndian: !isBigEndian(system.value),
  });
  return { format: 'PyTorch (legacy)', tensors, notes: described.notes };
}

function isBigEndian(system: PickleValue): boolean {
  return isKind(system, 'dict') && system.entries.some(([key, value]) => key === 'little_endian' && value === false);
}

/** After the pickles: of each key in their order the number of elements, then the elements. */
function placeStorages(
  source: RandomAccess,
  keys: Unpickled,
  types: ReadonlyMap<string, ElementType>,
): ReadonlyMap<string, RandomAccess> {
  const storages = new Map<string, RandomAccess>();
  let position = keys.end;
  for (const key of itemsOf(keys.value) ?? []) {
    const type = typeof key === 'string' ? types.get(key) : undefined;
    if (typeof key !== 'string' || type === undefined) throw new CheckpointError('it stores what no tensor refers to');
    const count = new DataView(new Uint8Array(source.read(position, 8)).buffer).getBigInt64(0, true);
    const size = Number(count) * elementBytes(type);
    if (count < 0 || size > source.size - position - 8)
      throw new CheckpointError(
        `its storage ‘${key.slice(0, 80)}’ claims ${count} elements: the file is cut off, or broken`,
      );
    storages.set(key, section(source, position + 8, size));
    position += 8 + size;
  }
  return storages;
}

/** The types of all storages that a pickle refers to, by their keys. Every value is looked at once. */
function elementTypes(root: PickleValue): ReadonlyMap<string, ElementType> {
  const types = new Map<string, ElementType>();
  const seen = new Set<PickleValue>();
  const open: (PickleValue | undefined)[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    switch (value.kind) {
      case 'list':
      case 'tuple':
      case 'set':
        open.push(...value.items);
        break;
      case 'dict':
        for (const entry of value.entries) open.push(...entry);
        break;
      case 'call':
        open.push(value.callee, value.arguments, value.state, ...value.items);
        for (const entry of value.entries) open.push(...entry);
        break;
      case 'persistent':
        if (itemsOf(value.id)?.[0] === 'storage') {
          const { key, type = 'uint8' } = storageReference(value);
          types.set(key, type);
        }
        break;
      case 'global':
      case 'bytes':
        break;
    }
  }
  return types;
}
