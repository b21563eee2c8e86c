import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { shapeText, type Network } from '../../../../src/network';
import { readModelJson } from '../../../../src/readers/modelJson/read';
import { SourceText } from '../../../../src/readers/text/source';
import { sharedReader } from '../support/reader';
import { realModel } from '../tfjs/realTfjs';

const folder = join(__dirname, '../tfjs/models');
const read = (text: string): ReturnType<typeof readModelJson> => readModelJson(new SourceText('model.json', text));
const described = ({ nodes, parameters }: Network): unknown => ({
  nodes: nodes.map(({ op, inputs, shape }) => [op.kind, inputs, shape && shapeText(shape)]),
  parameters: parameters.map(({ path, shape, initializer: { distribution } }) => [
    path,
    shapeText(shape),
    distribution,
  ]),
});

describe('model.json', () => {
  const saved = new Map<string, string>();

  before(function () {
    this.timeout(20_000);
    for (const name of readdirSync(folder)) {
      const written = realModel(readFileSync(join(folder, name), 'utf8')).toJSON();
      // What TensorFlow.js forgets to write down.
      const separable = '"class_name":"SeparableConv2D","config":{';
      const modelTopology: unknown = JSON.parse(written.replace(separable, `${separable}"depth_multiplier":2,`));
      saved.set(name, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [] }, null, 1));
    }
  });

  for (const name of readdirSync(folder).filter((one) => one !== 'custom.js'))
    it(`says the same as the source that made it: ${name}`, async () => {
      const file = `/models/${name}`;
      const text = readFileSync(join(folder, name), 'utf8');
      const reader = await sharedReader();
      await reader.prepare({ file, text });
      const [source] = reader.read({ file, text }).networks;
      const { networks, notes } = read(saved.get(name) ?? '');
      assert.deepEqual(notes, []);
      assert.ok(source && networks[0]);
      assert.deepEqual(described(networks[0]), described(source));
    });

  it('points into the text', () => {
    const text = saved.get('functional.js') ?? '';
    const [network] = read(text).networks;
    const node = network?.nodes.find(({ path }) => path === 'shared');
    assert.ok(node);
    const layer = text.slice(node.span.start.offset, node.span.end.offset);
    assert.equal((JSON.parse(layer) as { name: string }).name, 'shared');
  });

  it('leaves a layer of a class of its own opaque', () => {
    const [network] = read(saved.get('custom.js') ?? '').networks;
    assert.match(network?.notes[0]?.message ?? '', /`Scale` is not understood/);
    assert.equal(network?.unlistedParameters?.length, 1);
  });

  it('reads a functional configuration of Keras 3', () => {
    const tensor = (name: string): unknown => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
    });
    const config = {
      name: 'net',
      layers: [
        { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape: [null, 4] }, inbound_nodes: [] },
        {
          class_name: 'Dense',
          name: 'a',
          config: { name: 'a', units: 4, activation: 'relu' },
          inbound_nodes: [{ args: [tensor('x')], kwargs: {} }],
        },
        {
          class_name: 'Add',
          name: 'sum',
          config: { name: 'sum' },
          inbound_nodes: [{ args: [[tensor('x'), tensor('a')]], kwargs: {} }],
        },
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['sum', 0, 0]],
    };
    const { networks, notes } = read(JSON.stringify({ module: 'keras', class_name: 'Functional', config }));
    assert.deepEqual(notes, []);
    assert.equal(networks[0]?.framework, 'keras');
    assert.deepEqual(
      networks[0].nodes.map(({ op }) => op.kind),
      ['input', 'linear', 'activation', 'add'],
    );
  });

  it('names the weights of a sequential configuration as Keras 3 does; a GRU has two rows of biases', () => {
    const layer = (class_name: string, config: Readonly<Record<string, unknown>>): unknown => ({ class_name, config });
    const gru = layer('GRU', { name: 'forward_gru', units: 4, return_sequences: true, reset_after: true });
    const layers = [
      layer('InputLayer', { name: 'tokens', batch_shape: [null, 7] }),
      layer('Embedding', { name: 'embedding', input_dim: 50, output_dim: 6 }),
      layer('Bidirectional', { name: 'both', layer: gru, merge_mode: 'concat' }),
      layer('TimeDistributed', { name: 'steps', layer: layer('Dense', { name: 'dense', units: 3 }) }),
      layer('GroupNormalization', { name: 'norm', groups: 3 }),
      layer('ConvLSTM1D', { name: 'seen', filters: 2, kernel_size: [3] }),
    ];
    const [network] = read(JSON.stringify(layer('Sequential', { name: 'tagger', layers }))).networks;
    assert.deepEqual(
      network?.parameters.map(({ path, shape }) => `${path} ${shapeText(shape)}`).filter((one) => !one.includes('?')),
      [
        'tagger/embedding/embeddings 50×6',
        ...['forward', 'backward'].flatMap((direction) => [
          `tagger/both/${direction}_gru/gru_cell/kernel 6×12`,
          `tagger/both/${direction}_gru/gru_cell/recurrent_kernel 4×12`,
          `tagger/both/${direction}_gru/gru_cell/bias 2×12`,
        ]),
        'tagger/steps/dense/kernel 8×3',
        'tagger/steps/dense/bias 3',
        'tagger/norm/gamma 3',
        'tagger/norm/beta 3',
        'tagger/seen/conv_lstm_cell/kernel 3×3×8',
        'tagger/seen/conv_lstm_cell/recurrent_kernel 3×2×8',
        'tagger/seen/conv_lstm_cell/bias 8',
      ],
    );
    assert.deepEqual(
      network.nodes.flatMap(({ op }) => (op.kind === 'opaque' ? [op.reason] : [])),
      ['`ConvLSTM1D` is not understood yet.'],
    );
    const directions = network.nodes.flatMap(({ op }) => (op.kind === 'recurrent' ? [op] : []));
    assert.deepEqual(
      directions.map(({ inputBias, recurrentBias, reverse }) => [recurrentBias === inputBias, reverse]),
      [
        [true, false],
        [true, true],
      ],
    );
  });

  it('says that a graph model is not judged', () => {
    const { networks, notes } = read('{"format": "graph-model", "modelTopology": {"node": []}}');
    assert.deepEqual(networks, []);
    assert.match(notes[0]?.message ?? '', /graph model/);
  });

  it('survives any cut and any change of a value', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const insert = fc.constantFrom('', '"', '{', '}', '[', ']', 'null', '-1', '1e99', '"x"', ',');
    fc.assert(
      fc.property(
        fc.constantFrom(...readdirSync(folder)),
        place,
        fc.nat(40),
        insert,
        fc.boolean(),
        (name, at, length, put, cut) => {
          const text = saved.get(name) ?? '';
          const start = Math.floor(text.length * at);
          const { networks } = read(text.slice(0, start) + put + (cut ? '' : text.slice(start + length)));
          for (const { nodes, outputs } of networks) for (const id of outputs) assert.ok(nodes[id]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
