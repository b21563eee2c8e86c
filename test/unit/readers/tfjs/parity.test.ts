import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parametersByPath, parameterCount, mean, shapeText, variance, type Network } from '../../../../src/network';
import { sharedReader } from '../support/reader';
import { realModel, type RealModel } from './realTfjs';

const folder = join(__dirname, 'models');

async function read(file: string, text: string): Promise<Network> {
  const reader = await sharedReader();
  await reader.prepare({ file, text });
  const { networks, notes } = reader.read({ file, text });
  assert.deepEqual(notes, []);
  assert.equal(networks.length, 1, networks.map(({ name }) => name).join());
  return networks[0]!;
}

const known = (shape: readonly (number | null)[]): string =>
  shape
    .slice(1)
    .map((size) => size ?? '?')
    .join('×');

describe('what is read of tfjs models is what TensorFlow.js makes', () => {
  for (const name of readdirSync(folder))
    describe(name, () => {
      const text = readFileSync(join(folder, name), 'utf8');
      let network: Network;
      let real: RealModel;
      before(async function () {
        this.timeout(20_000);
        network = await read(`/models/${name}`, text);
        real = realModel(text);
      });

      it(`names and shapes of all weights, trained or not`, () => {
        const trained = network.parameters.map(({ path, shape }) => `${path} ${shapeText(shape)}`);
        const saved = (network.buffers ?? []).map(({ path, shape }) => `${path} ${shapeText(shape ?? [])}`);
        const weights = (trainable: boolean): string[] =>
          real.weights
            .filter((one) => one.trainable === trainable)
            .map((one) => `${one.originalName} ${one.shape.join('×')}`);
        assert.deepEqual(trained.sort(), weights(true).sort());
        assert.deepEqual(saved.sort(), weights(false).sort());
        const untrained = real.weights
          .filter((one) => !one.trainable)
          .reduce((sum, one) => sum + one.shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
        assert.equal(parameterCount(network), real.countParams() - untrained);
      });

      it(`names of the inputs and shapes of the outputs`, () => {
        const names = network.inputs
          .map((id) => network.nodes[id]?.op)
          .map((op) => (op?.kind === 'input' ? op.name : ''));
        assert.deepEqual(names, [...real.inputNames]);
        const opaque = network.nodes.some(({ op }) => op.kind === 'opaque');
        if (opaque) return;
        assert.deepEqual(
          network.outputs.map((id) => shapeText(network.nodes[id]?.shape?.slice(1) ?? [])),
          real.outputs.map(({ shape }) => known(shape)),
        );
      });

      it(`mean and variance of what every weight is drawn from`, () => {
        const paths = parametersByPath(network.parameters);
        for (const weight of real.weights) {
          const parameter = paths.get(weight.originalName);
          if (!parameter) continue;
          const values = Array.from(weight.read().dataSync());
          const count = values.length;
          const { distribution } = parameter.initializer;
          if (distribution.kind === 'identity') {
            const width = Math.sqrt(count);
            values.forEach((value, at) => assert.equal(value, at % (width + 1) === 0 ? distribution.gain : 0));
            continue;
          }
          const average = values.reduce((sum, value) => sum + value, 0) / count;
          const spread = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / count;
          const [claimedMean, claimed] = [mean(parameter.initializer), variance(parameter, paths)];
          assert.ok(claimedMean !== undefined && claimed !== undefined, weight.originalName);
          assert.ok(
            Math.abs(average - claimedMean) <= 5 * Math.sqrt(claimed / count) + 1e-6,
            `${weight.originalName}: mean ${average}, claimed ${claimedMean}`,
          );
          // Five times the deviation of a normal's sample variance; more than any of these draws has.
          const tolerance = 5 * claimed * Math.sqrt(2 / count) + 1e-9;
          assert.ok(
            Math.abs(spread - claimed) <= tolerance,
            `${weight.originalName}: variance ${spread}, claimed ${claimed}`,
          );
        }
      });
    });
});
