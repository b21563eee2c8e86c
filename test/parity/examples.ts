import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isKnown, type Network, type NodeId } from '../../src/network';
import { createReader } from '../../src/readers';

export const root = resolve(__dirname, '..', '..');

/** An example of the repository: its file, the expression that makes the model in Python, and a size of batch. */
export interface Example {
  readonly file: string;
  readonly construct: string;
  readonly batch: number;
}

const example = (file: string, construct: string, batch = 32): Example => ({
  file: join(root, 'examples', file),
  construct,
  batch,
});

export const deepTanhMlp = example('deep_tanh_mlp.py', 'DeepTanhMLP()', 64);
export const fixedTanhMlp = example('deep_tanh_mlp_fixed.py', 'FixedTanhMLP()', 64);
export const heMlp = example('relu_mlp_he.py', 'HeMLP()');
export const resNet = example('resnet_bn.py', 'resnet20()');
export const preLnStack = example('pre_ln_block.py', 'PreLNStack()');
export const seluMlp = example('selu_mlp.py', 'SeluMLP()');
export const simpleCnn = example('simple_cnn.py', 'Net()');

/** The shape of one sample of a network's input, or of its output. */
export function sampleShape({ nodes }: Network, [node]: readonly NodeId[]): number[] {
  return nodes[node!]!.shape!.slice(1).filter(isKnown);
}

/** The largest network of an example, by the real reader. */
export async function readExample({ file }: Example): Promise<Network> {
  const reader = await createReader({
    treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
  });
  try {
    const { networks } = reader.read({ file, text: readFileSync(file, 'utf8') });
    if (networks.length === 0) throw new Error(`${file} has no network`);
    return networks.reduce((a, b) => (b.nodes.length > a.nodes.length ? b : a));
  } finally {
    reader.dispose();
  }
}
