import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../../src/probes/child/backend';
import { forward } from '../../src/probes/child/forward';
import type { Network } from '../../src/network';
import { createReader } from '../../src/readers';
import { root } from './examples';
import { askPython } from './python';

interface Encoded {
  readonly shape: readonly number[];
  readonly data: string;
}
interface Called {
  readonly weights: Readonly<Record<string, Encoded>>;
  readonly inputs: readonly Encoded[];
  readonly outputs: readonly Encoded[];
}

/** Files whose models call themselves with an example, and of each those that are run. */
const files: Readonly<Record<string, readonly string[]>> = {
  'sequences.py': ['Embeds', 'Rnns', 'Cells', 'Attn', 'Enc', 'Full'],
  'modules.py': ['Convs', 'Lazy', 'Odds', 'Containers', 'Inits', 'Subs'],
  'geometry.py': ['Lrn', 'C1', 'Px', 'Kp'],
  'parametrisations.py': ['OldNorms', 'NewNorms'],
};

function floats({ data }: Encoded): Float32Array {
  const bytes = Buffer.from(data, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

describe('the layers of torch.nn, read and run on the weights of PyTorch', () => {
  before(() => loadBackend({ GRADLENS_BACKEND: 'cpu' }));

  for (const [name, models] of Object.entries(files)) {
    const file = join(root, 'test/unit/readers/golden', name);
    let called: Readonly<Record<string, Called>>;
    let networks: readonly Network[];
    before(async () => {
      called = await askPython('layers_forward.py', { file });
      const reader = await createReader({
        treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
        pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
      });
      networks = reader.read({ file, text: readFileSync(file, 'utf8') }).networks;
      reader.dispose();
    });
    for (const model of models)
      it(`${name}: ${model}`, async () => {
        const network = networks.find((one) => one.name === model);
        const reference = called[model];
        assert.ok(network && reference, `${model} is not there`);
        const weights = Object.fromEntries(Object.entries(reference.weights).map(([path, one]) => [path, floats(one)]));
        const inputs = reference.inputs.map((one) => ({ shape: one.shape, data: floats(one) }));
        const outputs = await forward(network, weights, inputs);
        assert.deepEqual(
          outputs.map(({ shape }) => shape),
          reference.outputs.map(({ shape }) => shape),
        );
        for (const [index, { data }] of outputs.entries()) {
          const expected = floats(reference.outputs[index]!);
          const apart = data.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
          assert.ok(apart < 1e-4, `output ${index} is ${apart} apart`);
        }
      });
  }
});
