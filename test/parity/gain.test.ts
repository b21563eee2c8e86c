import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProbeChild } from '../../scripts/build';
import { isWeightLayer } from '../../src/probes/child/layerPairs';
import { ProbeClient } from '../../src/probes/client';
import { propagate } from '../../src/theory';
import { deepTanhMlp, fixedTanhMlp, heMlp, readExample, sampleShape, type Example } from './examples';

/** The gradient's gain a layer, measured at initialisation over ten seeds, against what the theory predicts from source. */

const SEEDS = 10;

describe('predicted and measured gradient gain', () => {
  let directory: string;
  let client: ProbeClient;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gradlens-gain-'));
    client = new ProbeClient({ program: await buildProbeChild(directory), backend: 'wasm' });
  });
  after(async () => {
    await client.dispose();
    await rm(directory, { recursive: true });
  });

  async function check(example: Example, tolerance: number): Promise<string> {
    const network = await readExample(example);
    const predicted = propagate(network).depth?.gainPerLayer;
    assert.ok(predicted !== undefined);
    const layers = new Set(network.nodes.filter(isWeightLayer).map(({ id }) => id));
    const gains: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { activations } = await client.probe({
        probe: 'gradientNorms',
        network,
        weights: { kind: 'initial', seed },
        input: { kind: 'gaussian', seed, batch: example.batch, shape: sampleShape(network, network.inputs) },
        loss: { kind: 'crossEntropy', seed },
      });
      const norms = activations.filter(({ node }) => layers.has(node)).map(({ gradientNorm }) => gradientNorm);
      gains.push((norms[0]! / norms.at(-1)!) ** (1 / (norms.length - 1)));
    }
    const mean = gains.reduce((sum, gain) => sum + gain) / SEEDS;
    const spread = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (SEEDS - 1));
    const said = `${example.construct}: predicted ${predicted.toFixed(4)} a layer, measured ${mean.toFixed(4)} ± ${spread.toFixed(4)}`;
    assert.ok(Math.abs(mean / predicted - 1) <= tolerance, said);
    return said;
  }

  for (const example of [deepTanhMlp, fixedTanhMlp, heMlp])
    it(`${example.construct} within 3 %`, async () => {
      console.log(`        ${await check(example, 0.03)}`);
    });
});
