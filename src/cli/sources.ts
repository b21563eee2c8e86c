import { readdir, readFile, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SourceText } from '../analysis';
import { CannotDo } from './failure';

/** The name of what was read from the standard input. */
export const standardInput = '<stdin>';

const skipped = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env', 'build', 'dist']);

/**
 * The sources that the arguments name: files, the `*.py` of directories and all below them (hidden directories, virtual
 * environments and installed packages are passed over), and `-`, the standard input. Each once, in order.
 * @throws CannotDo where one does not exist, cannot be read or holds no Python
 */
export async function readSources(
  names: readonly string[],
  input: NodeJS.ReadableStream,
): Promise<readonly SourceText[]> {
  const sources = new Map<string, SourceText>();
  for (const name of names) {
    if (name === '-') {
      sources.set(standardInput, { file: standardInput, text: await text(input) });
      continue;
    }
    for (const file of await filesOf(name)) if (!sources.has(file)) sources.set(file, await readSource(file));
  }
  return [...sources.values()];
}

/** @throws CannotDo where the file cannot be read */
async function readSource(file: string): Promise<SourceText> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw cannotRead(file, error);
  }
}

async function filesOf(name: string): Promise<readonly string[]> {
  const path = normalize(name);
  let directory: boolean;
  try {
    directory = (await stat(path)).isDirectory();
  } catch (error) {
    throw cannotRead(name, error);
  }
  if (!directory) return [path];
  const files = await pythonFiles(path);
  if (files.length === 0) throw new CannotDo(`${name} holds no Python file.`);
  return files;
}

async function pythonFiles(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw cannotRead(directory, error);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isFile() && entry.name.endsWith('.py')) found.push(path);
    if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
      found.push(...(await pythonFiles(path)));
  }
  return found;
}

function cannotRead(name: string, error: unknown): CannotDo {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new CannotDo(`${name} does not exist.`);
  if (code === 'EACCES') return new CannotDo(`${name} may not be read.`);
  return new CannotDo(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}
