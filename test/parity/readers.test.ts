import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isKnown, type Network } from '../../src/network';
import { createReader } from '../../src/readers';
import { root } from './examples';
import { askPython } from './python';
import type { Constructor } from './zoo/catalogue';
import { compare } from './zoo/compare';
import { references, type Reference } from './zoo/references';

/** A model of a file, and the expression that makes it in Python. */
interface Model {
  readonly file: string;
  readonly name: string;
  readonly construct: string;
  /** Whether its parameters alone are compared: `layers.test.ts` runs it. */
  readonly parametersOnly?: true;
}

const model = (file: string, name: string, construct = `${name}()`): Model => ({
  file: join(root, file),
  name,
  construct,
});

const golden = 'test/unit/readers/golden';
const models: readonly Model[] = [
  model('examples/deep_tanh_mlp.py', 'DeepTanhMLP'),
  model('examples/deep_tanh_mlp_fixed.py', 'FixedTanhMLP'),
  model('examples/relu_mlp_he.py', 'HeMLP'),
  model('examples/relu_mlp_default_deep.py', 'model', 'model'),
  model('examples/exploding_mlp.py', 'ExplodingMLP'),
  model('examples/selu_mlp.py', 'SeluMLP'),
  model('examples/softmax_before_loss.py', 'Classifier'),
  model('examples/contradiction.py', 'Mismatched'),
  model('examples/simple_cnn.py', 'Net'),
  model('examples/resnet_bn.py', 'ResNet', 'resnet20()'),
  model('examples/pre_ln_block.py', 'PreLNStack'),
  model(`${golden}/initialisation.py`, 'EveryWay'),
  model(`${golden}/initialisation.py`, 'Generator', 'netD'),
  model(`${golden}/containers.py`, 'Net'),
  model(`${golden}/layers.py`, 'EveryLayer'),
  ...Object.entries({
    sequences: ['Embeds', 'Rnns', 'Cells', 'Attn', 'Enc', 'Full', 'Norms'],
    modules: ['Convs', 'Odds', 'Containers', 'Inits', 'Subs'],
    geometry: ['Lrn', 'C1'],
    parametrisations: ['OldNorms', 'NewNorms'],
  }).flatMap(([file, names]) =>
    names.map((name): Model => ({ ...model(`${golden}/${file}.py`, name), parametersOnly: true })),
  ),
];

/** Of every leaf module the shapes of its outputs, call by call; with a batch of two. */
type Outputs = Readonly<Record<string, readonly (readonly number[])[]>>;

/** The shape of a sample as it is read or solved; null where the model cannot run, or takes any size. */
function sample({ nodes, inputs, notes }: Network): readonly number[] | null {
  if (notes.some((note) => note.kind === 'contradiction')) return null;
  const sizes = nodes[inputs[0]!]!.shape?.slice(1);
  return sizes?.every(isKnown) ? sizes : null;
}

function constructorOf({ file, name, construct }: Model): Constructor {
  const id = `${basename(file, '.py')}/${name}`;
  return { id, framework: 'own', family: 'own', file, expression: construct, model: name, values: true };
}

describe('what is read of a model, against PyTorch', () => {
  let networks: readonly Network[];
  let outputs: readonly Outputs[];
  const made = new Map<string, Reference>();
  before(async () => {
    const reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    networks = models.map(({ file, name }) => {
      const network = reader
        .read({ file, text: readFileSync(file, 'utf8'), timeLimit: 10_000 })
        .networks.find((one) => one.name === name);
      assert.ok(network, `${name} is not read from ${file}`);
      return network;
    });
    reader.dispose();
    const requests = models.map(({ file, construct, parametersOnly }, index) => ({
      file,
      construct,
      input: parametersOnly ? null : sample(networks[index]!),
    }));
    outputs = await askPython<readonly Outputs[]>('leaf_shapes.py', requests);
    for await (const [{ id }, reference] of references(models.map(constructorOf), 10)) {
      assert.ok('parameters' in reference, `${id} is not made`);
      made.set(id, reference);
    }
  });

  for (const [index, one] of models.entries())
    it(`${basename(one.file)}: ${one.name}`, () => {
      const network = networks[index]!;
      assert.equal(network.unlistedParameters, undefined);
      const verdict = compare(network, made.get(constructorOf(one).id)!);
      assert.notEqual(verdict.kind, 'wrong', JSON.stringify(verdict));
      compareShapes(network, outputs[index]!);
    });
});

function compareShapes(network: Network, outputs: Outputs): void {
  for (const [path, shapes] of Object.entries(outputs)) {
    const read = network.nodes.filter(
      (node) => node.path === path && node.callSpan !== undefined && node.op.kind !== 'opaque',
    );
    if (network.notes.length === 0)
      assert.equal(read.length, shapes.length, `${path} is called ${shapes.length} times`);
    for (const [call, node] of read.entries()) assert.deepEqual(node.shape?.slice(1), shapes[call]?.slice(1), path);
  }
}
