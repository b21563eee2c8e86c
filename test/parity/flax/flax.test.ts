import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../../../src/network';
import { createReader } from '../../../src/readers';
import { readerFiles } from '../../unit/readers/support/reader';
import { askPython } from '../python';
import { compare } from '../zoo/compare';
import type { Reference } from '../zoo/references';

const file = join(__dirname, 'models.py');
const names = ['MLP', 'ConvNet', 'SmallResNet', 'TransformerBlock', 'NnxMLP', 'NnxConvNet'];

describe('models of Flax, linen and nnx, against Flax itself', () => {
  let references: Readonly<Record<string, Reference>>;
  let networks: readonly Network[];
  before(async () => {
    const reader = await createReader(readerFiles);
    ({ networks } = reader.read({ file, text: readFileSync(file, 'utf8'), timeLimit: 10_000 }));
    reader.dispose();
    references = await askPython<Readonly<Record<string, Reference>>>('flax/dump.py');
  });

  for (const name of names)
    it(`${name}: paths, shapes and draws of ten seeds, its forward followed to the end`, () => {
      const network = networks.find((one) => one.name === name);
      const reference = references[name];
      assert.ok(network && reference, `${name} is not read, or not made`);
      assert.deepEqual(compare(network, reference), { kind: 'exact' });
      assert.deepEqual(
        (network.buffers ?? []).map(({ path, shape }) => [path, shape]).sort(),
        Object.entries(reference.buffers).sort(),
      );
      assert.deepEqual(
        network.nodes.filter(({ op }) => op.kind === 'opaque'),
        [],
      );
    });
});
