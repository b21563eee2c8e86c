import type { CheckpointFile, RandomAccess } from './access';
import type { Contents } from './checkpoint';
import { CheckpointError } from './error';
import { looksLikeHdf5, readHdf5 } from './formats/hdf5';
import { isKerasArchive, readKerasArchive } from './formats/keras';
import { isNpz, looksLikeNpy, readNpyFile, readNpz } from './formats/numpy';
import { looksLikeOnnx, readOnnx } from './formats/onnx';
import { looksLikePickle, readPickleFile } from './formats/pickle';
import { hasShortHeader, looksLikeSafetensors, readSafetensors } from './formats/safetensors';
import { isShardIndex, readShards } from './formats/sharded';
import { isTfjsModel, readTfjs } from './formats/tfjs';
import { isTorchArchive, readTorchArchive } from './formats/torchZip';
import type { Hdf5Options } from './hdf5/client';
import { looksLikeJson, readJson } from './json';
import { startsWith } from './marks';
import { looksLikeZip, readZip } from './zip';

/** What the reader of a format may need beside the file. */
interface Reading {
  readonly hdf5: Hdf5Options | undefined;
  /** Reads a part of what was opened, which is a file of its own. */
  readonly read: (part: CheckpointFile) => Promise<Contents>;
}

type FormatReader = (file: CheckpointFile, reading: Reading) => Contents | Promise<Contents>;

interface Recognized {
  readonly looksLike: (source: RandomAccess) => boolean;
  readonly read: FormatReader;
}

/** In the order of asking: what has a sure mark first. */
const formats: readonly Recognized[] = [
  { looksLike: looksLikeZip, read: readArchive },
  { looksLike: hasShortHeader, read: ({ content }) => readSafetensors(content) },
  { looksLike: looksLikePickle, read: ({ content }) => readPickleFile(content) },
  { looksLike: looksLikeNpy, read: ({ content }) => readNpyFile(content) },
  { looksLike: looksLikeHdf5, read: ({ content }, { hdf5 }) => readHdf5(content, hdf5) },
  { looksLike: looksLikeJson, read: readIndex },
  { looksLike: looksLikeSafetensors, read: ({ content }) => readSafetensors(content) },
  { looksLike: looksLikeOnnx, read: readOnnx },
];

/** What is no checkpoint that is read, but can be called by its name. */
const others: readonly { readonly mark: string; readonly at?: number; readonly name: string }[] = [
  { mark: 'GGUF', name: 'a GGUF file' },
  { mark: '\x1f\x8b', name: 'compressed by gzip' },
  { mark: '7z\xbc\xaf', name: 'a 7z archive' },
  {
    mark: 'ustar',
    at: 257,
    name: 'a tar archive (PyTorch before 0.1.10 wrote such; load and save it with a newer one)',
  },
  { mark: 'version https://git-lfs', name: 'a pointer of Git LFS: the content was not fetched (git lfs pull)' },
  { mark: '<!DOCTYPE', name: 'a page of HTML: the download went wrong' },
];

/** Reads what the content looks like. @throws CheckpointError where it looks like nothing known, or is broken */
export async function readContents(file: CheckpointFile, hdf5: Hdf5Options | undefined): Promise<Contents> {
  return recognize(file.content)(file, { hdf5, read: (part) => readContents(part, hdf5) });
}

function recognize(source: RandomAccess): FormatReader {
  if (source.size === 0) throw new CheckpointError('it is empty');
  const found = formats.find(({ looksLike }) => looksLike(source));
  if (found !== undefined) return found.read;
  const other = others.find(({ mark, at = 0 }) => startsWith(source, mark, at));
  throw new CheckpointError(other === undefined ? 'it is no checkpoint of a known format' : `it is ${other.name}`);
}

async function readArchive({ content }: CheckpointFile, { hdf5 }: Reading): Promise<Contents> {
  const entries = await readZip(content);
  if (isTorchArchive(entries)) return readTorchArchive(entries);
  if (isKerasArchive(entries)) return readKerasArchive(entries, hdf5);
  if (isNpz(entries)) return readNpz(entries);
  throw new CheckpointError('it is a zip archive that holds no weights');
}

/** An index of shards, or a model of TensorFlow.js. */
function readIndex(file: CheckpointFile, { read }: Reading): Promise<Contents> {
  const index = readJson(file.content);
  if (isShardIndex(index)) return readShards(file, index, read);
  if (isTfjsModel(index)) return readTfjs(file, index);
  throw new CheckpointError('it is JSON, but neither an index of shards nor a model of TensorFlow.js');
}
