import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonPath } from '../../scripts/python';
import { mean, parameterCount, parametersByPath, product, variance, type Network } from '../../src/network';
import { createReader, type Reader } from '../../src/readers';
import { root } from './examples';

/** A model of a file, and the expression that makes it in Python. */
interface Model {
  readonly file: string;
  readonly name: string;
  readonly construct: string;
}

const example = (file: string, name: string, construct = `${name}()`): Model => ({
  file: join(root, 'examples', file),
  name,
  construct,
});
const fixture = (file: string, name: string, construct = `${name}()`): Model => ({
  file: join(root, 'test/unit/readers/golden', file),
  name,
  construct,
});

const models: readonly Model[] = [
  example('deep_tanh_mlp.py', 'DeepTanhMLP'),
  example('deep_tanh_mlp_fixed.py', 'FixedTanhMLP'),
  example('relu_mlp_he.py', 'HeMLP'),
  example('relu_mlp_default_deep.py', 'model', 'model'),
  example('exploding_mlp.py', 'ExplodingMLP'),
  example('selu_mlp.py', 'SeluMLP'),
  example('softmax_before_loss.py', 'Classifier'),
  example('contradiction.py', 'Mismatched'),
  example('simple_cnn.py', 'Net'),
  example('resnet_bn.py', 'ResNet', 'resnet20()'),
  example('pre_ln_block.py', 'PreLNStack'),
  fixture('initialisation.py', 'EveryWay'),
  fixture('initialisation.py', 'Generator', 'netD'),
  fixture('containers.py', 'Net'),
  fixture('layers.py', 'EveryLayer'),
];

/** As PyTorch made it, over ten seeds. */
interface Made {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
}
const seeds = 10;

async function askPython(): Promise<readonly Readonly<Record<string, Made>>[]> {
  const python = spawn(await pythonPath(), [join(__dirname, 'read_parameters.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  python.stdin.end(JSON.stringify(models));
  return JSON.parse(await text(python.stdout)) as readonly Readonly<Record<string, Made>>[];
}

describe('what is read of a model, against PyTorch', () => {
  let reader: Reader;
  let made: readonly Readonly<Record<string, Made>>[];
  before(async () => {
    made = await askPython();
    reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
  });
  after(() => reader.dispose());

  for (const [index, model] of models.entries())
    it(`${basename(model.file)}: ${model.name}`, () => {
      const { networks } = reader.read({ file: model.file, text: readFileSync(model.file, 'utf8') });
      const network = networks.find((one) => one.name === model.name);
      assert.ok(network);
      compare(network, made[index]!);
    });
});

function compare(network: Network, made: Readonly<Record<string, Made>>): void {
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
