import type { Shape, TrainingScript } from '../network';
import type { FileProvider } from './text/files';
import { PythonParser } from './python/parser';
import { SourceText } from './text/source';
import { readModel, type ReadResult as ModelsRead } from './frameworks/read';
import { Rereading } from './frameworks/rereading';
import { flax } from './flax/framework';
import { keras } from './keras/framework';
import { pytorch } from './pytorch/framework';

import { readModelJson } from './modelJson/read';
import { dialectOf } from './javascript/parser';
import { Grammars, type GrammarFile } from './tfjs/grammars';
import { readTfjs } from './tfjs/read';
import { mentionsTraining, readTraining } from './training/read';
import { withTransformers } from './transformers';

export { NotebookError, notebookOf, NotebookText, readNotebook, type Cell } from './notebooks';
export { dialectOf, type Dialect } from './javascript/parser';
export { mentionsModel } from './modelJson/read';
export { mentionsTfjs } from './tfjs/mention';
export { diskFiles } from './diskFiles';
export { sitePackagesBelow, sitePackagesOf } from './sitePackages';
export type { FileProvider } from './text/files';

/** What a text holds. */
export interface ReadResult extends ModelsRead {
  /** What its training script does, where it holds one that is followed. */
  readonly training?: TrainingScript;
}

/** Where the parser's WebAssembly lies: paths of the files, or their bytes. */
export interface ReaderFiles {
  /** `web-tree-sitter.wasm` */
  readonly treeSitterWasm: string | Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly pythonWasm: string | Uint8Array;
  /**
   * `tree-sitter-javascript.wasm`, `-typescript` and `-tsx`: asked for when a file is to be read that needs it. Without it, files in
   * JavaScript are not read.
   */
  readonly grammar?: GrammarFile | undefined;
}

/** A text to be read, and how. */
export interface ReaderInput {
  /** The name that the text's spans shall carry: a path or a URI. Relative imports start from it. */
  readonly file: string;
  readonly text: string;
  /** The language by VS Code's name for it, where the file's name does not tell. */
  readonly language?: string | undefined;
  /** Where the modules are that the text imports. Without it, only those are known that we know ourselves. */
  readonly files?: FileProvider | undefined;
  /**
   * Read this one model instead of all that the file holds: a Python expression, evaluated where the file's names are known,
   * such as `resnet18(num_classes=10)`. Spans in the expression itself carry the file `<model>`.
   */
  readonly model?: string | undefined;
  /** With `model`: the shapes of its inputs, with their batch axis. */
  readonly inputs?: readonly Shape[] | undefined;
  /** Milliseconds after which reading stops where it is; 1,000 where nothing is said. Steps are bounded as well. */
  readonly timeLimit?: number | undefined;
}

/**
 * Reads networks from source text. Synchronous, bounded in time, and never throwing for what the text holds. It keeps the syntax
 * of what it has read last, imported files too: reading again after an edit is quick.
 */
export interface Reader {
  /**
   * Loads what reading the file needs beyond Python's grammar; to be awaited before it is read.
   * @throws Error where that cannot be loaded.
   */
  prepare(input: Pick<ReaderInput, 'file' | 'text' | 'language'>): Promise<void>;
  read(input: ReaderInput): ReadResult;
  /** Frees the parser's memory; the reader is of no use afterwards. */
  dispose(): void;
}

const frameworks = [withTransformers(pytorch), keras, flax];

/** @throws Error where one of the files cannot be read. */
export async function createReader({ treeSitterWasm, pythonWasm, grammar }: ReaderFiles): Promise<Reader> {
  const parser = await PythonParser.create({ treeSitter: treeSitterWasm, grammar: pythonWasm });
  const grammars = new Grammars(treeSitterWasm, grammar);
  const rereading = new Rereading(frameworks, parser);
  return {
    prepare: ({ file, text, language }) => grammars.prepare(dialectOf(file, language), text),
    read: ({ file, text, language, model, inputs, ...options }) => {
      const source = new SourceText(file, text);
      if (language === 'json' || file.endsWith('.json')) return readModelJson(source);
      const dialect = dialectOf(file, language);
      if (dialect) return readTfjs(source, dialect, grammars, options);
      if (model !== undefined) return readModel(frameworks, source, parser, { model, inputs }, options);
      const training = mentionsTraining(text) ? readTraining(parser.parse(source), source) : undefined;
      return { ...rereading.read(source, options), ...(training && { training }) };
    },
    dispose: () => {
      parser.dispose();
      grammars.dispose();
    },
  };
}
