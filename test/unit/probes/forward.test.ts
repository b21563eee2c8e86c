import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../../src/network';
import { forward } from '../../../src/probes/child/forward';
import { ProbeError } from '../../../src/probes/failure';
import { onEveryBackend } from './backends';
import { Draft } from './draft';

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

/** A batch norm with running statistics, behind nothing. */
function normed() {
  const draft = new Draft();
  draft.input(2);
  const running = { mean: 'bn.running_mean', variance: 'bn.running_var' };
  draft.add({ kind: 'batchNorm', channels: 2, epsilon: 0, ...draft.affine([2]), running });
  return draft.build();
}

const weights = {
  'm1.weight': floats(2, 1),
  'm1.bias': floats(0, 5),
  'bn.running_mean': floats(1, -1),
  'bn.running_var': floats(4, 0.25),
};

function refused(pattern: RegExp) {
  return (error: unknown) => error instanceof ProbeError && pattern.test(error.message);
}

describe('forward', () => {
  onEveryBackend(() => {
    it('norms by running statistics in inference, and by the batch in training', async () => {
      const input = { shape: [2, 2], data: floats(3, -1, 5, -0.5) };
      const [inferred] = await forward(normed(), weights, [input]);
      assert.deepEqual(inferred, { shape: [2, 2], data: floats(2, 5, 4, 6) });
      const [trained] = await forward(normed(), weights, [input], { mode: 'training' });
      assert.deepEqual(trained?.data, floats(-2, 4, 2, 6));
    });

    it('takes buffers of the checkpoint, and the layout of the framework', async () => {
      const draft = new Draft();
      draft.input(2, 2);
      const content = { kind: 'buffer', path: 'table' } as const;
      const table = draft.add({ kind: 'constant', shape: [2, 2], content }, []);
      draft.add({ kind: 'add' }, [0, table]);
      draft.conv(2, 1, [1], {});
      const network = draft.build();
      const values = { table: floats(10, 20, 30, 40), 'm3.weight': floats(1, -1), 'm3.bias': floats(0.5) };
      const input = { shape: [1, 2, 2], data: floats(1, 2, 3, 4) };
      const [output] = await forward(network, values, [input]);
      assert.deepEqual(output, { shape: [1, 1, 2], data: floats(-21.5, -21.5) });
      const others = Object.entries(values).filter(([path]) => path !== 'table');
      await assert.rejects(
        forward(network, Object.fromEntries(others), [input]),
        refused(/line 2 needs the buffer table/),
      );
    });

    it('gives every output, and keeps no tensor', async () => {
      const draft = new Draft();
      draft.input(2);
      const relu = draft.activation({ kind: 'relu' });
      const sum = draft.add({ kind: 'reduce', how: 'sum', axes: [1], keepDims: false }, [relu]);
      const network = { ...draft.build(), outputs: [relu, sum, 0] };
      const before = tf.memory().numTensors;
      const outputs = await forward(network, {}, [{ shape: [2, 2], data: floats(1, -2, 3, 4) }]);
      assert.deepEqual(
        outputs.map(({ shape, data }) => [shape, [...data]]),
        [
          [
            [2, 2],
            [1, 0, 3, 4],
          ],
          [[2], [1, 7]],
          [
            [2, 2],
            [1, -2, 3, 4],
          ],
        ],
      );
      assert.equal(tf.memory().numTensors, before);
    });

    it('says what is missing', async () => {
      const input = { shape: [2, 2], data: floats(3, -1, 5, -0.5) };
      const others = Object.fromEntries(Object.entries(weights).filter(([path]) => path !== 'bn.running_var'));
      await assert.rejects(
        forward(normed(), others, [input]),
        refused(/line 2 needs bn.running_var, which was not given/),
      );
      await assert.rejects(forward(normed(), {}, [input]), refused(/no values were given for m1.weight/));
      await assert.rejects(forward(normed(), weights, []), refused(/takes 1 inputs, and 0 were given/));
      const wide = { shape: [1, 3], data: floats(1, 2, 3) };
      await assert.rejects(forward(normed(), weights, [wide]), refused(/the input is B×2, and 1×3 was given/));
    });

    it('knows sizes by their symbols', async () => {
      const draft = new Draft();
      const time = { symbol: 'T' };
      const image = draft.inputOf([BATCH, 2, time]);
      draft.add({ kind: 'reshape', shape: [BATCH, { symbol: '2·T' }] }, [image]);
      const ones = draft.add(
        { kind: 'constant', shape: [{ symbol: '⌊(2·T+1)/2⌋', reason: 'half' }], content: { kind: 'fill', value: 1 } },
        [],
      );
      const network = { ...draft.build(), outputs: [1, ones] };
      const outputs = await forward(network, {}, [{ shape: [1, 2, 3], data: new Float32Array(6) }]);
      assert.deepEqual(
        outputs.map(({ shape }) => shape),
        [[1, 6], [3]],
      );
    });
  });
});
