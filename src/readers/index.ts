import { PythonParser } from './python/parser';
import { SourceText } from './python/source';
import { readPytorch, type ReadResult } from './pytorch/read';

export type { ReadResult } from './pytorch/read';

/** Where the parser's WebAssembly lies: paths of the files, or their bytes. */
export interface ReaderFiles {
  /** `web-tree-sitter.wasm` */
  readonly treeSitterWasm: string | Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly pythonWasm: string | Uint8Array;
}

/** A text to be read, and the name that its spans shall carry (a path or a URI). */
export interface ReaderInput {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads networks from source text. Synchronous, bounded in time, and never throwing for what the text holds. It keeps the syntax
 * tree of the last text: reading it again after an edit is quick.
 */
export interface Reader {
  read(input: ReaderInput): ReadResult;
  /** Frees the parser's memory; the reader is of no use afterwards. */
  dispose(): void;
}

/** @throws Error where one of the files cannot be read. */
export async function createReader({ treeSitterWasm, pythonWasm }: ReaderFiles): Promise<Reader> {
  const parser = await PythonParser.create({ treeSitter: treeSitterWasm, python: pythonWasm });
  return {
    read: ({ file, text }) => readPytorch(new SourceText(file, text), parser),
    dispose: () => parser.dispose(),
  };
}
