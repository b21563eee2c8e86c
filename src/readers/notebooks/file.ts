import { nameOfCell, NotebookText, type Cell } from './cells';

/** A notebook's file is not what it should be. */
export class NotebookError extends Error {}

/**
 * The Python cells of a notebook's file (nbformat 3 and 4) as one text. See {@link nameOfCell}.
 * @throws NotebookError where the file is none
 */
export function readNotebook(file: string, json: string): NotebookText {
  const notebook = parsed(json);
  const cells = cellsOf(notebook);
  if (!cells) throw new NotebookError('it holds no cells.');
  const python = isPythonKernel(notebook);
  return new NotebookText(
    file,
    cells.map((cell, index): Cell => ({
      name: nameOfCell(file, index),
      text: textOf(cell['source'] ?? cell['input']),
      isPython: python && cell['cell_type'] === 'code',
    })),
  );
}

type Json = Readonly<Record<string, unknown>>;

function parsed(json: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new NotebookError('it is not JSON.');
  }
  if (!isObject(value)) throw new NotebookError('it is no notebook.');
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cellsOf(notebook: Json): readonly Json[] | undefined {
  const { cells, worksheets } = notebook;
  if (Array.isArray(cells)) return cells.filter(isObject);
  // nbformat 3.
  if (!Array.isArray(worksheets)) return undefined;
  return worksheets.filter(isObject).flatMap((sheet) => cellsOf(sheet) ?? []);
}

/** The language of the kernel; without one it is Python. */
function isPythonKernel({ metadata }: Json): boolean {
  const { language_info: info, kernelspec } = isObject(metadata) ? metadata : {};
  const language = isObject(info) ? info['name'] : isObject(kernelspec) ? kernelspec['language'] : undefined;
  return typeof language !== 'string' || language.toLowerCase().includes('python');
}

function textOf(source: unknown): string {
  if (typeof source === 'string') return source;
  return Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : '';
}
