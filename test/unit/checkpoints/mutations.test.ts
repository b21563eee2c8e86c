import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../src/readers/checkpoints';
import { expectedIn } from './expected';
import { hdf5Options } from './hdf5Worker';
import { openBytes } from './written';

const fixtures = join(__dirname, 'fixtures', 'written');
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(fixtures, name)));
const runs = Number(process.env['MUTATIONS'] ?? 25);
/** How long the library of HDF5 may look for an end, in milliseconds. */
const patience = 500;
const seed = Number(process.env['SEED'] ?? 1);

/** Bytes that are overwritten, taken out, put in or cut off. */
const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('overwrite' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), count: fc.nat(64) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('overwrite' as const),
    at: fc.nat(),
    bytes: fc.constantFrom(
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
      new Uint8Array(8),
    ),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function mutated(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let result = bytes;
  for (const one of mutations) {
    const at = one.at % (result.length + 1);
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    switch (one.kind) {
      case 'overwrite':
        result = Buffer.concat([before, one.bytes, after.subarray(one.bytes.length)]);
        break;
      case 'insert':
        result = Buffer.concat([before, one.bytes, after]);
        break;
      case 'remove':
        result = Buffer.concat([before, after.subarray(one.count)]);
        break;
      case 'cut':
        result = before;
        break;
    }
  }
  return new Uint8Array(result);
}

/** Opens and reads all. Whatever happens, it is an error of this room's own or none. */
async function readAll(bytes: Uint8Array, siblings: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const own = (error: unknown): void =>
    assert.ok(error instanceof CheckpointError, error instanceof Error ? error.stack : String(error));
  const checkpoint = await openBytes(bytes, siblings, await hdf5Options(patience)).catch(own);
  if (checkpoint === undefined) return;
  for (const { name, shape } of checkpoint.tensors) {
    if (shape.reduce((count, size) => count * size, 1) > 2 ** 22) continue;
    await checkpoint.values(name).catch(own);
  }
  checkpoint.close();
}

describe('mutated checkpoints', function () {
  this.timeout(60_000 + runs * 100);
  for (const name of expectedIn(fixtures).keys())
    it(`${name}: an own error, or none, soon`, async () => {
      const original = read(name);
      const siblings = Object.fromEntries(
        [
          'external.onnx.data',
          ...[1, 2].map((part) => `sharded-0000${part}-of-00002.safetensors`),
          ...[1, 2].flatMap((group) => [1, 2].map((part) => `group${group}-shard${part}of2.bin`)),
        ].map((sibling) => [sibling, read(sibling)]),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
          const start = performance.now();
          await readAll(mutated(original, mutations), siblings);
          assert.ok(performance.now() - start < 20 * patience, `${performance.now() - start} ms`);
        }),
        // A file on which the library finds no end takes all of its time.
        { numRuns: /h5$|keras$/.test(name) ? Math.ceil(runs / 8) : runs, seed },
      );
    });
});
