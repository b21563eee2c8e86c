import type { CheckpointFile, RandomAccess } from './access';
import type { Contents } from './checkpoint';
import { CheckpointError } from './error';
import { looksLikePickle, readPickleFile } from './formats/pickle';
import { looksLikeSafetensors, readSafetensors } from './formats/safetensors';
import { isTorchArchive, readTorchArchive } from './formats/torchZip';
import { looksLikeZip, readZip } from './zip';

type FormatReader = (file: CheckpointFile) => Contents | Promise<Contents>;

interface Recognized {
  readonly looksLike: (source: RandomAccess) => boolean;
  readonly read: FormatReader;
}

/** In the order of asking: what has a sure mark first. */
const formats: readonly Recognized[] = [
  { looksLike: looksLikeZip, read: readArchive },
  { looksLike: looksLikePickle, read: ({ content }) => readPickleFile(content) },
  { looksLike: looksLikeSafetensors, read: ({ content }) => readSafetensors(content) },
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

/** The reader of what the content looks like. @throws CheckpointError where it looks like none */
export function recognize(source: RandomAccess): FormatReader {
  if (source.size === 0) throw new CheckpointError('it is empty');
  const found = formats.find(({ looksLike }) => looksLike(source));
  if (found !== undefined) return found.read;
  const other = others.find(({ mark, at = 0 }) => startsWith(source, mark, at));
  throw new CheckpointError(other === undefined ? 'it is no checkpoint of a known format' : `it is ${other.name}`);
}

/** Whether a text of one byte a character is at a place. */
export function startsWith(source: RandomAccess, mark: string, at = 0): boolean {
  if (source.size < at + mark.length) return false;
  return source.read(at, mark.length).every((byte, index) => byte === mark.charCodeAt(index));
}

async function readArchive({ content }: CheckpointFile): Promise<Contents> {
  const entries = await readZip(content);
  if (isTorchArchive(entries)) return readTorchArchive(entries);
  throw new CheckpointError('it is a zip archive that holds no weights');
}
