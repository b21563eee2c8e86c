import type { Shape } from '../network';
import type { FileProvider } from './text/files';
import { PythonParser } from './python/parser';
import { SourceText } from './text/source';
import { readPytorch, readPytorchModel, type ReadResult } from './pytorch/read';

export { diskFiles } from './diskFiles';
export { sitePackagesBelow, sitePackagesOf } from './sitePackages';
export type { FileProvider } from './text/files';
export type { ReadResult } from './pytorch/read';

/** Where the parser's WebAssembly lies: paths of the files, or their bytes. */
export interface ReaderFiles {
  /** `web-tree-sitter.wasm` */
  readonly treeSitterWasm: string | Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly pythonWasm: string | Uint8Array;
}

/** A text to be read, and how. */
export interface ReaderInput {
  /** The name that the text's spans shall carry: a path or a URI. Relative imports start from it. */
  readonly file: string;
  readonly text: string;
  /** Where the modules are that the text imports. Without it, only those are known that we know ourselves. */
  readonly files?: FileProvider | undefined;
  /**
   * Read this one model instead of all that the file holds: a Python expression, evaluated where the file's names are known,
   * such as `resnet18(num_classes=10)`. Spans in the expression itself carry the file `<model>`.
   */
  readonly model?: string | undefined;
  /** With `model`: the shapes of its inputs, with their batch axis. */
  readonly inputs?: readonly Shape[] | undefined;
  /** Milliseconds after which reading stops where it is; 200 where nothing is said. Steps are bounded in proportion. */
  readonly timeLimit?: number | undefined;
}

/**
 * Reads networks from source text. Synchronous, bounded in time, and never throwing for what the text holds. It keeps the syntax
 * of what it has read last, imported files too: reading again after an edit is quick.
 */
export interface Reader {
  read(input: ReaderInput): ReadResult;
  /** Frees the parser's memory; the reader is of no use afterwards. */
  dispose(): void;
}

/** @throws Error where one of the files cannot be read. */
export async function createReader({ treeSitterWasm, pythonWasm }: ReaderFiles): Promise<Reader> {
  const parser = await PythonParser.create({ treeSitter: treeSitterWasm, grammar: pythonWasm });
  return {
    read: ({ file, text, model, inputs, ...options }) => {
      const source = new SourceText(file, text);
      return model === undefined
        ? readPytorch(source, parser, options)
        : readPytorchModel(source, parser, { model, inputs }, options);
    },
    dispose: () => parser.dispose(),
  };
}
