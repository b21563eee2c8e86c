import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FileProvider } from './text/files';

/** Files of the disk, under their paths or their `file:` URIs. */
export function diskFiles(roots: readonly string[]): FileProvider {
  return {
    roots,
    read: (path) => {
      try {
        return readFileSync(path.startsWith('file:') ? fileURLToPath(path) : path, 'utf8');
      } catch {
        // No such file, or none that may be read: both mean that the module is not there.
        return undefined;
      }
    },
  };
}
