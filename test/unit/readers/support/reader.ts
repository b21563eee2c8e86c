import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createReader, type Dialect, type Reader } from '../../../../src/readers';

const require_ = createRequire(__filename);

/** The files of the parser as they lie in node_modules. */
export const readerFiles = {
  treeSitterWasm: join(dirname(require_.resolve('web-tree-sitter')), 'web-tree-sitter.wasm'),
  pythonWasm: require_.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
  grammar: (dialect: Dialect) => require_.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${dialect}.wasm`),
};

let reader: Promise<Reader> | undefined;

/** One reader for all tests: the parser is loaded once. */
export function sharedReader(): Promise<Reader> {
  return (reader ??= createReader(readerFiles));
}
