import { join } from 'node:path';
import type { Dialect } from '../readers';

/** What the command line loads as files. */
export interface Assets {
  readonly treeSitterWasm: string;
  readonly pythonWasm: string;
  readonly grammar: (dialect: Dialect) => string;
  readonly probeChild: string;
  readonly hdf5Worker: string;
  /** The directory of the page's script and style. */
  readonly webview: string;
  /** The directory of the rules' pages, `<id>.md`. */
  readonly rulePages: string;
}

/** @param dist the directory that the build fills */
export function assetsIn(dist: string): Assets {
  return {
    treeSitterWasm: join(dist, 'web-tree-sitter.wasm'),
    pythonWasm: join(dist, 'tree-sitter-python.wasm'),
    grammar: (dialect) => join(dist, `tree-sitter-${dialect}.wasm`),
    probeChild: join(dist, 'probe-child.js'),
    hdf5Worker: join(dist, 'hdf5-worker.mjs'),
    webview: join(dist, 'webview'),
    rulePages: join(dist, '..', 'media', 'rules'),
  };
}
