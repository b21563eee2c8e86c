import { Option } from 'commander';
import { diskFiles, sitePackagesBelow, sitePackagesOf, type FileProvider } from '../readers';

/** `--import-path DIR`, which may be repeated. */
export const importPathOption = new Option(
  '--import-path <dir...>',
  'where imported packages are looked for, besides this directory and its virtual environment (or $VIRTUAL_ENV)',
).default([], 'none');

/** The files that models may import: around them, of this directory, of what was named and of the virtual environment. */
export function importedFiles(
  named: readonly string[],
  directory: string = process.cwd(),
  env: NodeJS.ProcessEnv = process.env,
): FileProvider {
  const active = env['VIRTUAL_ENV'];
  const installed = active === undefined ? sitePackagesBelow(directory) : sitePackagesOf(active);
  // The empty root is the working directory, from which names on the command line start.
  return diskFiles(['', ...named, ...installed]);
}
