import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint, openFile } from '../../../src/readers/checkpoints';
import { hdf5Options } from './hdf5Worker';

interface ExpectedTensor {
  readonly type: string;
  readonly shape: readonly number[];
  /** Float64, or 64-bit integers for integers and truth values; base64. */
  readonly values: string;
}

interface ExpectedFile {
  readonly format: string;
  readonly notes: number;
  readonly tensors: Readonly<Record<string, ExpectedTensor>>;
}

/** What `fixtures/make.py` wrote to a directory, as its own libraries see it. */
export function expectedIn(directory: string): ReadonlyMap<string, ExpectedFile> {
  const text = readFileSync(join(directory, 'expected.json'), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, ExpectedFile>>));
}

/** Reads a file that was written by another library, and compares every name, type, shape and number. */
export async function assertReads(path: string, { format, notes, tensors }: ExpectedFile): Promise<void> {
  const checkpoint = await openCheckpoint(openFile(path), await hdf5Options());
  try {
    assert.equal(checkpoint.format, format);
    const described = checkpoint.tensors.map(({ name, type, shape }) => [name, { type, shape }] as const);
    assert.deepEqual(
      Object.fromEntries(described),
      Object.fromEntries(Object.entries(tensors).map(([name, { type, shape }]) => [name, { type, shape }])),
    );
    for (const [name, { type, values }] of Object.entries(tensors)) {
      const bytes = new Uint8Array(Buffer.from(values, 'base64')).buffer;
      const wanted = type.includes('float')
        ? new Float64Array(bytes)
        : Float64Array.from(type === 'uint64' ? new BigUint64Array(bytes) : new BigInt64Array(bytes), Number);
      const read = await checkpoint.values(name);
      assert.deepEqual(Float64Array.from<number | bigint>(read, Number), wanted, name);
      if (/^u?int64$/.test(type)) assert.match(read.constructor.name, /^Big/);
      if (type === 'float64') assert.ok(read instanceof Float64Array);
    }
    assert.equal(checkpoint.notes.length, notes, JSON.stringify(checkpoint.notes));
  } finally {
    checkpoint.close();
  }
}
