import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { BATCH, type Network } from '../../src/network';
import { createReader, type Reader } from '../../src/readers';
import { propagate } from '../../src/theory';
import { streamPython } from './python';
import { KeptAnswers } from './zoo/kept';

/**
 * Predicted variance and gradient at every module of architectures of 1024 units, read from their source, against the mean over draws of weights
 * and inputs in PyTorch. Draws go on until the means are known to better than one percent.
 */

interface Architecture {
  readonly id: string;
  readonly expression: string;
  /** One sample: of numbers of second moment 1, or of whole numbers below `vocabulary`. */
  readonly input: readonly number[];
  readonly vocabulary?: number;
  readonly batch: number;
  /** What correlates: two inputs, or two positions of a sequence, which theory takes to be alike. */
  readonly pairs: 'inputs' | 'positions';
  /** Of second moments and gradients; 5 % where none is said. */
  readonly tolerance?: number;
}

const tokens = { pairs: 'positions', batch: 4 } as const;
const vectors = { input: [1024], pairs: 'inputs', batch: 16 } as const;

const architectures: readonly Architecture[] = [
  { id: 'dense ReLU', expression: 'relu_mlp()', ...vectors },
  { id: 'dense tanh', expression: 'tanh_mlp()', ...vectors },
  { id: 'dense GELU', expression: 'gelu_mlp()', ...vectors },
  { id: 'convolutions with padding', expression: 'Convolutional()', input: [64, 8, 8], pairs: 'inputs', batch: 4 },
  { id: 'pre-activation residual', expression: 'Residual(PreActivationBlock)', ...vectors },
  // Which units the activations of two joins close has to do with each other by way of the skip: 3 % of a block, which is not predicted.
  { id: 'post-activation residual', expression: 'Residual(PostActivationBlock)', ...vectors, tolerance: 0.12 },
  { id: 'ReZero, scale 1/2', expression: 'Residual(ScaledBlock)', ...vectors },
  { id: 'pre-LN transformer', expression: 'Transformer(PreNormBlock)', input: [32, 1024], ...tokens },
  { id: 'post-LN transformer', expression: 'Transformer(PostNormBlock)', input: [32, 1024], ...tokens },
  { id: 'batch norm', expression: 'BatchNormStack()', ...vectors, batch: 512 },
  { id: 'SwiGLU', expression: 'Residual(GatedBlock)', ...vectors },
  { id: 'LSTM', expression: 'Recurrent()', input: [8, 1024], pairs: 'inputs', batch: 32 },
  { id: 'embedding and attention', expression: 'Embedded(causal=False)', input: [32], vocabulary: 4096, ...tokens },
  // Under a causal mask the first positions average over few: one number stands for positions that differ.
  { id: 'causal', expression: 'Embedded(causal=True)', input: [32], vocabulary: 4096, ...tokens, tolerance: 0.32 },
];

/** Of each module, by path: second moment, squared gradient relative to the output's, correlation of two inputs (of a sequence: of two positions). */
type Signals = Readonly<Record<string, readonly [secondMoment: number, gradient: number, correlation: number]>>;

interface Ensemble {
  readonly id: string;
  readonly seeds: number;
  /** The largest relative standard error of a mean. */
  readonly error: number;
  readonly signals: Signals;
}

const models = join(__dirname, 'ensembles', 'models.py');
const source = readFileSync(models, 'utf8');

/** What PyTorch drew before is kept, for each architecture. */
async function measured(): Promise<ReadonlyMap<string, Ensemble>> {
  const answers = await KeptAnswers.of(['../ensembles/ensemble.py']);
  const known = new Map<string, Ensemble>();
  const texts = (one: Architecture): readonly string[] => [source, JSON.stringify({ ...one, tolerance: undefined })];
  for (const one of architectures) {
    const kept = await answers.load<Ensemble>(`ensemble-${one.id}`, texts(one));
    if (kept) known.set(one.id, kept);
  }
  const missing = architectures.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return known;
  for await (const ensemble of streamPython<Ensemble>('ensembles/ensemble.py', missing)) {
    const one = missing.find(({ id }) => id === ensemble.id);
    if (one) await answers.store(`ensemble-${one.id}`, texts(one), ensemble);
    known.set(ensemble.id, ensemble);
  }
  return known;
}

function predicted(reader: Reader, { expression, input }: Architecture): Signals {
  const { networks, notes } = reader.read({
    file: models,
    text: source,
    model: expression,
    inputs: [[BATCH, ...input]],
  });
  const [network] = networks;
  assert.ok(network, `${expression} was not read: ${notes.map(({ message }) => message).join('; ')}`);
  return byPath(network);
}

/** The last operation of a module gives what the module does. */
function byPath(network: Network): Signals {
  const result: Record<string, [number, number, number]> = {};
  for (const signal of propagate(network).signals) {
    const path = signal && network.nodes[signal.node]?.path;
    if (path) result[path] = [signal.secondMoment, signal.gradient, signal.correlation];
  }
  return result;
}

describe('predicted profiles against ensembles of width 1024', () => {
  let reader: Reader;
  let ensembles: ReadonlyMap<string, Ensemble>;
  const table = new Table({ head: ['architecture', 'draws', '± mean', 'modules', 'q', 'gradient', 'correlation'] });
  before(async function () {
    this.timeout(600_000);
    reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    ensembles = await measured();
  });
  after(() => {
    reader.dispose();
    console.log(table.toString());
  });

  for (const architecture of architectures)
    it(architecture.id, () => {
      const ensemble = ensembles.get(architecture.id);
      assert.ok(ensemble);
      assert.ok(ensemble.error < 0.012, `known to ${ensemble.error}`);
      const signals = predicted(reader, architecture);
      const failures: string[] = [];
      const worst = [0, 0, 0];
      for (const [path, values] of Object.entries(ensemble.signals)) {
        const prediction = signals[path];
        if (!prediction) {
          failures.push(`${path} is not predicted`);
          continue;
        }
        for (const [index, name] of ['q', 'gradient', 'correlation'].entries()) {
          const [said, seen] = [prediction[index] ?? NaN, values[index] ?? NaN];
          const deviation = index === 2 ? said - seen : said / seen - 1;
          if (Math.abs(deviation) > Math.abs(worst[index] ?? 0)) worst[index] = deviation;
          if (!(Math.abs(deviation) <= (index === 2 ? 0.05 : (architecture.tolerance ?? 0.05))))
            failures.push(`${path}: ${name} ${said.toPrecision(4)}, measured ${seen.toPrecision(4)}`);
        }
      }
      const [q = 0, gradient = 0, correlation = 0] = worst;
      table.push([
        architecture.id,
        ensemble.seeds,
        `${(100 * ensemble.error).toFixed(1)} %`,
        Object.keys(ensemble.signals).length,
        `${(100 * q).toFixed(1)} %`,
        `${(100 * gradient).toFixed(1)} %`,
        correlation.toFixed(3),
      ]);
      assert.ok(failures.length === 0, `\n  ${failures.join('\n  ')}`);
    });
});
