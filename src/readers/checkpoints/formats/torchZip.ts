import type { ByteStream } from '../bytes';
import type { Contents } from '../checkpoint';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import { describeTensors } from '../objects/walk';
import { storedTensors } from '../objects/stored';
import { openInPickle, type Place } from '../objects/description';
import { unpickle } from '../pickle';
import type { ZipEntry } from '../zip';

type Entries = ReadonlyMap<string, ZipEntry>;

const pickleName = /^(.*\/)?data\.pkl$/;

export function isTorchArchive(entries: Entries): boolean {
  return [...entries.keys()].some((name) => pickleName.test(name));
}

/** The zip format of PyTorch since 1.6, TorchScript's included: a pickle, and a file for each storage. */
export async function readTorchArchive(entries: Entries): Promise<Contents> {
  const name = [...entries.keys()].find((entry) => pickleName.test(entry)) ?? '';
  const prefix = name.replace(/data\.pkl$/, '');
  const pickle = await required(entries, name).access(limits.index);
  const described = describeTensors(unpickle(pickle));
  const storage = (place: Place & { readonly kind: 'storage' }): ZipEntry =>
    required(entries, `${prefix}data/${place.key}`);
  const tensors = storedTensors(described.tensors, {
    size: (place) => (place.kind === 'storage' ? storage(place).size : openInPickle(pickle, place).size),
    open: (place): ByteStream | Promise<ByteStream> =>
      place.kind === 'storage' ? storage(place).stream() : openInPickle(pickle, place),
    littleEndian: await isLittleEndian(entries.get(`${prefix}byteorder`)),
  });
  return { format: 'PyTorch', tensors, notes: described.notes };
}

function required(entries: Entries, name: string): ZipEntry {
  const entry = entries.get(name);
  if (entry === undefined) throw new CheckpointError(`its archive has no ‘${name}’`);
  return entry;
}

async function isLittleEndian(entry: ZipEntry | undefined): Promise<boolean> {
  if (entry === undefined || entry.size > 16) return true;
  const access = await entry.access(16);
  return new TextDecoder().decode(access.read(0, access.size)).trim() !== 'big';
}
