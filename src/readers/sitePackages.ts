import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Names that people give to the virtual environment of a project. */
const usualNames = ['.venv', 'venv', 'env'];

/** The packages that are installed in the virtual environments of a folder: texts to be read, nothing is run. */
export function sitePackagesBelow(folder: string): readonly string[] {
  return usualNames.flatMap((name) => sitePackagesOf(join(folder, name)));
}

/** `lib/python3.11/site-packages` of a virtual environment (`Lib/site-packages` on Windows). */
export function sitePackagesOf(environment: string): readonly string[] {
  const versions = entriesOf(join(environment, 'lib')).filter((name) => name.startsWith('python'));
  const candidates = [...versions.map((name) => join(environment, 'lib', name)), join(environment, 'Lib')];
  return candidates.map((lib) => join(lib, 'site-packages')).filter(isFolder);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is no such folder.
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
