import assert from 'node:assert/strict';
import type { Network } from '../../../src/network';
import type { PanelSnapshot } from '../../../src/panels/messages';
import { nodesOfLine, panelSnapshot } from '../../../src/panels/snapshot';
import type { Backend, GradientNorms, JacobianSpectrum } from '../../../src/probes/protocol';
import { propagate } from '../../../src/theory';
import { tanhMlp } from './tanhMlp';

const backend: Backend = { name: 'wasm', precision: 'float32', threads: 2, version: '4.22.0', refused: [] };
const made = { network: 'DeepTanhMLP', backend, weightSeed: 7, inputSeed: 8, seconds: 0.5, notes: [] };

/** A measurement whose gradient norm at node n is 2ⁿ / 1000. */
function gradients({ nodes, parameters }: Network, broken: ReadonlyMap<number, number> = new Map()): GradientNorms {
  return {
    ...made,
    kind: 'gradientNorms',
    loss: 2.3,
    lossKind: 'crossEntropy',
    activations: nodes.map(({ id, path }) => ({
      node: id,
      path,
      gradientNorm: broken.get(id) ?? 2 ** id / 1000,
      secondMoment: broken.get(id) ?? 0.5,
    })),
    parameters: parameters.map(({ path }) => ({ path, gradientNorm: 0.25, weightNorm: 3 })),
  };
}

function weighted({ layers }: PanelSnapshot) {
  return layers.filter(({ hasWeights }) => hasWeights);
}

describe('panelSnapshot', () => {
  const network = tanhMlp(3, 8);
  const report = propagate(network);
  const model = { network, report, findings: [] };

  it('lists every operation, and counts depth by weight layers', () => {
    const { layers, file, model: name } = panelSnapshot(model);
    assert.equal(name, 'DeepTanhMLP');
    assert.equal(file, 'deep%tanh.py');
    assert.deepEqual(
      layers.map(({ depth, kind, line }) => [depth, kind, line]),
      [
        [1, 'Linear 8→8', 11],
        [1, 'Tanh', 11],
        [2, 'Linear 8→8', 12],
        [2, 'Tanh', 12],
        [3, 'Linear 8→8', 13],
        [3, 'Tanh', 13],
        [4, 'Linear 8→10', 14],
      ],
    );
    assert.deepEqual(layers[0]?.parameters, [{ path: 'layers.0.weight' }, { path: 'layers.0.bias' }]);
  });

  it('names a file by the last part of its path or of its URI', () => {
    const at = (file: string) =>
      panelSnapshot({ ...model, network: { ...network, span: { ...network.span, file } } }).file;
    assert.equal(at('models/100%.py'), '100%.py');
    assert.equal(at('C:\\models\\net.py'), 'net.py');
    assert.equal(at('file:///home/ada/my%20net.py'), 'my net.py');
    assert.equal(at('<stdin>'), '<stdin>');
  });

  it('takes the predicted gradient relative to the last weight layer until it is measured', () => {
    const snapshot = panelSnapshot(model);
    assert.equal(snapshot.gradientAnchor, 'relative');
    assert.equal(weighted(snapshot).at(-1)?.predicted?.gradientNorm, 1);
    const first = weighted(snapshot)[0]?.predicted?.gradientNorm;
    const gain = snapshot.depth?.predictedGain;
    assert.ok(typeof first === 'number' && typeof gain === 'number');
    assert.ok(Math.abs(first / gain - 1) < 1e-9, `${first} is not ${gain}`);
  });

  it('makes prediction and measurement agree at the last weight layer', () => {
    const snapshot = panelSnapshot(model, { gradients: gradients(network) });
    const last = weighted(snapshot).at(-1);
    assert.equal(snapshot.gradientAnchor, 'measured');
    assert.equal(last?.measured?.gradientNorm, 2 ** 7 / 1000);
    assert.ok(Math.abs(Number(last.predicted?.gradientNorm) - 2 ** 7 / 1000) < 1e-12);
    // From node 7 back to node 1 there are six halvings on three steps.
    assert.equal(snapshot.depth?.measuredGain, 2 ** -6);
    assert.ok(Math.abs(Number(snapshot.depth.measuredGainPerLayer) - 0.25) < 1e-12);
    assert.deepEqual(last.parameters[0], { path: 'layers.6.weight', gradientNorm: 0.25, weightNorm: 3 });
  });

  it('keeps what is not finite through JSON', () => {
    const broken = new Map([
      [1, NaN],
      [3, Infinity],
      [7, 0],
    ]);
    const snapshot = panelSnapshot(model, { gradients: gradients(network, broken) });
    const back = JSON.parse(JSON.stringify(snapshot)) as PanelSnapshot;
    assert.deepEqual(
      weighted(back).map(({ measured }) => measured?.gradientNorm),
      ['NaN', 'Infinity', 2 ** 5 / 1000, 0],
    );
    // A norm of zero cannot carry the prediction.
    assert.equal(back.gradientAnchor, 'relative');
  });

  it('predicts the root mean square of singular values with the sizes on both sides', () => {
    const spectrum: JacobianSpectrum = {
      ...made,
      kind: 'jacobianSpectrum',
      inputOutput: { singularValues: Float64Array.of(4, 3, 0), resolution: 1e-6 },
      layers: [
        {
          from: 5,
          to: 7,
          path: 'layers.6',
          spectrum: { singularValues: Float64Array.of(5, 2, 1, 0.5), resolution: 0 },
        },
      ],
    };
    const snapshot = panelSnapshot(model, { spectrum });
    assert.deepEqual(snapshot.spectrum?.singularValues, [4, 3, 0]);
    assert.ok(Math.abs(Number(snapshot.spectrum.rms) - Math.sqrt(25 / 3)) < 1e-12);
    const last = weighted(snapshot).at(-1);
    const chi = report.layers.at(-1)?.chi;
    assert.ok(last?.jacobian && chi !== undefined);
    // ten outputs of eight inputs: ‖J‖²_F = 10 χ is shared by eight singular values
    assert.ok(Math.abs(Number(last.jacobian.predictedRms) - Math.sqrt((chi * 10) / 8)) < 1e-12);
    assert.deepEqual([last.jacobian.largest, last.jacobian.median, last.jacobian.smallest], [5, 1.5, 0.5]);
  });
});

describe('nodesOfLine', () => {
  it('finds the operations that a line makes', () => {
    const network = tanhMlp(3, 8);
    assert.deepEqual(nodesOfLine(network, network.span.file, 11), [3, 4]);
    assert.deepEqual(nodesOfLine(network, network.span.file, 5), []);
  });
});
