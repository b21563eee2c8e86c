import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ModelBuffer, Parameter } from '../../../src/network';
import { createReader } from '../../../src/readers';
import {
  describeMatch,
  matchCheckpoint,
  openCheckpoint,
  openFile,
  type CheckpointMatch,
  type TensorInfo,
} from '../../../src/readers/checkpoints';

import { hdf5Options } from './hdf5Worker';

const nowhere = { file: 'a.py', start: { offset: 0, line: 0, column: 0 }, end: { offset: 0, line: 0, column: 0 } };

/** `path: 3×4`, as a parameter. */
function parameter(text: string): Parameter {
  const [path = '', sizes = ''] = text.split(': ');
  const shape = sizes.split('×').map((size) => (/^\d+$/.test(size) ? Number(size) : { symbol: size }));
  const distribution = { kind: 'unknown', reason: '' } as const;
  const initializer = { distribution, origin: { kind: 'frameworkDefault' } } as const;
  return { path, shape, role: 'weight', axes: shape.map(() => 'feature'), initializer, span: nowhere };
}

/** `name: 3×4` or `name: 3×4 int64`, as a tensor. */
function tensor(text: string): TensorInfo {
  const [name = '', sizes = '', type = 'float32'] = text.split(/: | /);
  return { name, shape: sizes.split('×').map(Number), type: type as TensorInfo['type'] };
}

function match(
  parameters: readonly string[],
  tensors: readonly (string | TensorInfo)[],
  buffers?: readonly ModelBuffer[],
) {
  return matchCheckpoint(
    { parameters: parameters.map(parameter), ...(buffers && { buffers }) },
    tensors.map((one) => (typeof one === 'string' ? tensor(one) : one)),
  );
}

function assertAllMatch({ mismatched, missing, unexpected }: CheckpointMatch): void {
  assert.deepEqual({ mismatched, missing, unexpected }, { mismatched: [], missing: [], unexpected: [] });
}

const linear = ['fc.weight: 3×4', 'fc.bias: 3'];

describe('matching a checkpoint to a network', () => {
  for (const prefix of [
    '',
    'state_dict.',
    'model.',
    'model_state_dict.',
    'module.',
    '_orig_mod.',
    'state_dict.model.',
    'model_state_dict.module.',
    'state_dict.model._orig_mod.',
    'any.thing.else.',
  ])
    it(`behind ‘${prefix}’`, () => {
      const found = match(linear, [`${prefix}fc.weight: 3×4`, `${prefix}fc.bias: 3`]);
      assertAllMatch(found);
      assert.equal(found.prefixes.tensors, prefix.replace('_orig_mod.', ''));
      assert.deepEqual(
        found.matched.map(({ parameter: path, tensor: name }) => [path, name]),
        [
          ['fc.weight', `${prefix}fc.weight`],
          ['fc.bias', `${prefix}fc.bias`],
        ],
      );
    });

  it('takes the trained weights before their averages, and the optimiser for what it is', () => {
    const found = match(linear, [
      'state_dict_ema.fc.weight: 3×4',
      'state_dict_ema.fc.bias: 3',
      'state_dict.fc.weight: 3×4',
      'state_dict.fc.bias: 3',
      'optimizer.state.0.exp_avg: 3×4',
      'optimizer.state.0.step: 1',
    ]);
    assertAllMatch(found);
    assert.equal(found.prefixes.tensors, 'state_dict.');
    assert.deepEqual(found.elsewhere, [
      { group: 'state_dict_ema', kind: 'average', count: 2 },
      { group: 'optimizer', kind: 'optimizer', count: 2 },
    ]);
  });

  it('says that a model is only a part of what was saved', () => {
    const found = match(linear, ['D.conv.weight: 2', 'G.fc.weight: 3×4', 'G.fc.bias: 3']);
    assertAllMatch(found);
    assert.deepEqual(found.elsewhere, [{ group: 'D', kind: 'other', count: 1 }]);
    assert.match(describeMatch(found), /\nThe model is a part of what was saved: 1 tensors are of something else\.\n/);
  });

  it('finds the averages where nothing else is', () => {
    assertAllMatch(match(linear, ['ema_model.fc.weight: 3×4', 'ema_model.fc.bias: 3']));
  });

  it('sees that a checkpoint is of a part of the model', () => {
    const found = match(
      ['encoder.fc.weight: 3×4', 'encoder.fc.bias: 3', 'head.weight: 2×3'],
      ['fc.weight: 3×4', 'fc.bias: 3'],
    );
    assert.equal(found.prefixes.parameters, 'encoder.');
    assert.deepEqual(found.missing, [
      { parameter: 'head.weight', shape: [2, 3], reason: 'the checkpoint is of the part ‘encoder’ only' },
    ]);
  });

  it('says of shapes what may explain them', () => {
    const reasons = match(
      ['a.weight: 3×4', 'b.weight: 10×8', 'c.weight: 4×2×3×3', 'd.weight: 6', 'e.weight: K×4'],
      ['a.weight: 4×3', 'b.weight: 1000×8', 'c.weight: 3×3×2×4', 'd.weight: 2×3', 'e.weight: 9×4'],
    ).mismatched.map(({ parameter: path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(reasons, [
      'a.weight: the axes are the other way round',
      'b.weight: axis 0 is 1000 instead of 10',
      'c.weight: the axes are in the order of Keras',
      'd.weight: 2 axes instead of 1, but as many numbers',
    ]);
  });

  it('says of missing and unexpected ones what they may be', () => {
    const { missing, unexpected } = match(
      ['fc1.weight: 3×4', 'fc1.bias: 3', 'classifier.weight: 2×3', 'norm.weight: 3'],
      ['fc1.weight: 3×4', 'fc1.bias: 3', 'head.weight: 2×3', 'fc1.scale: 1', 'fc9.kernel: 5'],
    );
    assert.deepEqual(missing, [
      {
        parameter: 'classifier.weight',
        shape: [2, 3],
        reason: 'no tensor of this name; ‘head.weight’ has its shape and no parameter',
      },
      { parameter: 'norm.weight', shape: [3], reason: 'no tensor of this name' },
    ]);
    assert.deepEqual(
      unexpected.map(({ tensor: name, reason }) => `${name}: ${reason}`),
      [
        'head.weight: the model has no such parameter; ‘classifier.weight’ has its shape and no tensor',
        'fc1.scale: ‘fc1’ has no such parameter',
        'fc9.kernel: the model has no such layer',
      ],
    );
  });

  it('lists buffers apart, known from the network, the file or their names', () => {
    const found = match(
      ['bn.weight: 3', 'bn.bias: 3'],
      [
        'bn.weight: 3',
        'bn.bias: 3',
        'bn.running_mean: 3',
        'bn.num_batches_tracked: 1 int64',
        'table: 9',
        { ...tensor('scale: 2'), role: 'buffer' },
      ],
      [{ path: 'table', shape: [9] }],
    );
    assertAllMatch(found);
    assert.deepEqual(
      found.buffers.map(({ tensor: name }) => name),
      ['bn.running_mean', 'bn.num_batches_tracked', 'table', 'scale'],
    );
  });

  it('reads tied weights once, under either name', () => {
    const shared = { ...tensor('head.weight: 5×3'), sharedWith: 'embed.weight' };
    const found = match(['embed.weight: 5×3'], ['embed.weight: 5×3', shared]);
    assertAllMatch(found);
    assert.deepEqual(found.tied, [{ tensor: 'head.weight', with: 'embed.weight' }]);
    assertAllMatch(match(['embed.weight: 5×3'], [{ ...tensor('head.weight: 5×3'), aliases: ['embed.weight'] }]));
  });

  it('knows weight and spectral normalisation in their old and new forms', () => {
    const old = ['c.weight_g: 3×1', 'c.weight_v: 3×4'];
    const now = ['c.parametrizations.weight.original0: 3×1', 'c.parametrizations.weight.original1: 3×4'];
    assertAllMatch(match(old, now));
    assertAllMatch(match(now, old));
    assert.match(match(['c.weight: 3×4'], old).missing[0]!.reason, /in parts, normalised: ‘c.weight_g’, ‘c.weight_v’/);
    const spectral = match(
      ['c.parametrizations.weight.original: 3×4'],
      ['c.weight_orig: 3×4', 'c.weight_u: 3', 'c.weight_v: 4'],
    );
    assertAllMatch(spectral);
    assert.equal(spectral.buffers.length, 2);
  });

  it('takes wrappers within names away', () => {
    assertAllMatch(match(['a.b.weight: 3'], ['module.a._orig_mod.b._checkpoint_wrapped_module.weight: 3']));
  });

  it('finds what Keras stores by numbers, with its layers’ own names', async () => {
    const file = join(__dirname, 'fixtures', 'written');
    const parameters = [
      'batch_normalization/gamma: 3',
      'batch_normalization/beta: 3',
      'head/kernel: 3×2',
      'head/bias: 2',
    ];
    for (const name of ['dense.weights.h5', 'dense.keras', 'dense.h5']) {
      const checkpoint = await openCheckpoint(openFile(join(file, name)), await hdf5Options());
      const found = match(parameters, checkpoint.tensors);
      checkpoint.close();
      assertAllMatch(found);
      assert.equal(found.matched.length, 4, name);
      assert.equal(found.buffers.length, 2, name);
    }
  });

  it('matches a training checkpoint to the network that was read from its source', async () => {
    const reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    const text = `from torch import nn

class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 5, bias=False)
        self.body = nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3))
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.first.weight

    def forward(self, x):
        return self.head(self.body(self.first(x)))

model = Tied()
`;
    const [network] = reader.read({ file: 'tied.py', text }).networks;
    reader.dispose();
    const checkpoint = await openCheckpoint(openFile(join(__dirname, 'fixtures', 'written', 'training.ckpt')));
    const found = matchCheckpoint(network!, checkpoint.tensors);
    checkpoint.close();
    assertAllMatch(found);
    assert.equal(found.prefixes.tensors, 'model_state_dict.module.');
    assert.equal(found.tied.length, 1);
    assert.equal(found.buffers.length, 3);
    assert.match(
      describeMatch(found),
      /^All \d parameters match\.\nNames in the checkpoint start with ‘model_state_dict\.module\.’\./,
    );
  });

  it('is described in a line each, what does not fit first', () => {
    const text = describeMatch(match(['a.weight: 3×4', 'b.weight: 3'], ['a.weight: 4×3', 'c.kernel: 2']));
    assert.equal(
      text,
      [
        '0 of 2 parameters match; 1 with another shape, 1 missing, 1 unexpected.',
        'Another shape:',
        '  a.weight: 4×3 instead of 3×4; the axes are the other way round',
        'Missing:',
        '  b.weight (3): no tensor of this name',
        'Unexpected:',
        '  c.kernel (2): the model has no such layer',
      ].join('\n'),
    );
  });
});
