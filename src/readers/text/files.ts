/**
 * Where the texts of imported modules come from: the disk, an editor's documents that are not saved yet, a table in a test.
 * Paths are spelled with `/`, and begin with one of the roots or with the folder of the file that is read.
 */
export interface FileProvider {
  /** Folders in which absolute imports are looked for, after the folders around the importing file. The first one wins. */
  readonly roots: readonly string[];
  /** The text of a file; undefined where there is none. Called again and again: it should be quick. */
  read(path: string): string | undefined;
}

/** The folder that a file or a folder stands in, without a slash at its end; undefined at the top. */
export function folderOf(path: string): string | undefined {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at < 0 ? undefined : path.slice(0, at);
}

export const inFolder = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
