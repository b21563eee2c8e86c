import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SourceText } from '../analysis';
import { dialectOf, mentionsModel, mentionsTfjs, NotebookError, readNotebook, type NotebookText } from '../readers';
import { CannotDo } from './failure';

/** A file as the analyser takes it; of a notebook, its Python cells as one text. */
export interface SourceFile extends SourceText {
  readonly notebook?: NotebookText;
}

/** The name of what was read from the standard input. */
export const standardInput = '<stdin>';

const skipped = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env', 'build', 'dist']);

/**
 * The sources that the arguments name: files, of directories and all below them the Python files, notebooks, `model.json` and those JavaScript and
 * TypeScript files that mention tfjs (hidden directories, virtual environments and installed packages are passed over), and `-`, the standard input. Each once, in order.
 * @throws CannotDo where one does not exist, cannot be read or holds nothing to be read
 */
export async function readSources(
  names: readonly string[],
  input: NodeJS.ReadableStream,
): Promise<readonly SourceFile[]> {
  const sources = new Map<string, SourceFile>();
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
async function readSource(file: string): Promise<SourceFile> {
  const content = await readText(file);
  if (!file.endsWith('.ipynb')) return { file, text: content };
  try {
    const notebook = readNotebook(file, content);
    return { file, text: notebook.text, notebook };
  } catch (error) {
    throw error instanceof NotebookError ? cannotRead(file, error) : error;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
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
  const files = await filesBelow(path);
  if (files.length === 0) throw new CannotDo(`${name} holds no Python file and no other that could hold a model.`);
  return files;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw cannotRead(directory, error);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isFile() && (await mayHoldModels(path))) found.push(path);
    if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
      found.push(...(await filesBelow(path)));
  }
  return found;
}

async function mayHoldModels(file: string): Promise<boolean> {
  if (file.endsWith('.py') || file.endsWith('.ipynb')) return true;
  if (basename(file) === 'model.json') return mentionsModel(await readText(file));
  return dialectOf(file) !== undefined && !file.endsWith('.d.ts') && mentionsTfjs(await readText(file));
}

function cannotRead(name: string, error: unknown): CannotDo {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new CannotDo(`${name} does not exist.`);
  if (code === 'EACCES') return new CannotDo(`${name} may not be read.`);
  return new CannotDo(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}
