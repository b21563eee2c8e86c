import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonPath } from '../../scripts/python';
import { isKnown, mean, parameterCount, parametersByPath, product, variance, type Network } from '../../src/network';
import { createReader } from '../../src/readers';
import { root } from './examples';

/** A model of a file, and the expression that makes it in Python. */
interface Model {
  readonly file: string;
  readonly name: string;
  readonly construct: string;
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
];

/** A parameter as PyTorch made it, over ten seeds. */
interface Drawn {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
}
interface Made {
  readonly parameters: Readonly<Record<string, Drawn>>;
  /** Of every leaf module, call by call; with a batch of two. */
  readonly outputs: Readonly<Record<string, readonly (readonly number[])[]>>;
}
const seeds = 10;

/** The shape of a sample as it is read or solved; null where the model cannot run, or takes any size. */
function sample({ nodes, inputs, notes }: Network): readonly number[] | null {
  if (notes.some((note) => note.kind === 'contradiction')) return null;
  const sizes = nodes[inputs[0]!]!.shape?.slice(1);
  return sizes?.every(isKnown) ? sizes : null;
}

async function askPython(networks: readonly Network[]): Promise<readonly Made[]> {
  const requests = models.map(({ file, construct }, index) => ({ file, construct, input: sample(networks[index]!) }));
  const python = spawn(await pythonPath(), [join(__dirname, 'read_parameters.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  python.stdin.end(JSON.stringify(requests));
  const answer = await text(python.stdout);
  if (answer === '') throw new Error('PyTorch did not answer; see above');
  return JSON.parse(answer) as readonly Made[];
}

describe('what is read of a model, against PyTorch', () => {
  let networks: readonly Network[];
  let made: readonly Made[];
  before(async () => {
    const reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    networks = models.map(({ file, name }) => {
      const network = reader.read({ file, text: readFileSync(file, 'utf8') }).networks.find((one) => one.name === name);
      assert.ok(network, `${name} is not read from ${file}`);
      return network;
    });
    reader.dispose();
    made = await askPython(networks);
  });

  for (const [index, { file, name }] of models.entries())
    it(`${basename(file)}: ${name}`, () => {
      compareParameters(networks[index]!, made[index]!.parameters);
      compareShapes(networks[index]!, made[index]!.outputs);
    });
});

function compareParameters(network: Network, made: Made['parameters']): void {
  assert.deepEqual(
    network.parameters.map(({ path, shape }) => [path, shape]),
    Object.entries(made).map(([path, { shape }]) => [path, shape]),
  );
  assert.equal(
    parameterCount(network),
    Object.values(made).reduce((sum, { shape }) => sum + product(shape)!, 0),
  );
  const siblings = parametersByPath(network.parameters);
  for (const parameter of network.parameters) {
    const { path, shape, initializer } = parameter;
    const { distribution } = initializer;
    if (distribution.kind === 'unknown') continue;
    const actual = made[path]!;
    const spread = variance(parameter, siblings);
    assert.ok(spread !== undefined, `${path}: no variance`);
    const std = Math.sqrt(spread);
    const samples = seeds * product(shape)!;
    // Six standard errors of the mean and of the standard deviation of a normal sample; both others spread less.
    const errorOfStd = (6 * std) / Math.sqrt(2 * samples) + 1e-7;
    assert.ok(
      Math.abs(actual.std - std) <= errorOfStd,
      `${path}: std ${actual.std}, claimed ${std} (${distribution.kind})`,
    );
    const center = mean(initializer);
    if (center !== undefined)
      assert.ok(
        Math.abs(actual.mean - center) <= (6 * std) / Math.sqrt(samples) + 1e-7,
        `${path}: mean ${actual.mean}, claimed ${center}`,
      );
  }
}

function compareShapes(network: Network, outputs: Made['outputs']): void {
  for (const [path, shapes] of Object.entries(outputs)) {
    const read = network.nodes.filter(
      (node) => node.path === path && node.callSpan !== undefined && node.op.kind !== 'opaque',
    );
    if (network.notes.length === 0)
      assert.equal(read.length, shapes.length, `${path} is called ${shapes.length} times`);
    for (const [call, node] of read.entries()) assert.deepEqual(node.shape?.slice(1), shapes[call]?.slice(1), path);
  }
}
