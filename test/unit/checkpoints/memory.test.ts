import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { pickle } from './pickles';
import { safetensors, zip } from './written';

/** What a child needs for nothing but Node and the loader of TypeScript is near 60. */
const usualMegabytes = 200;
const mebi = 2 ** 20;

/** `.npy` of so many zeros, packed. */
function packedZeros(count: number): { readonly packed: Uint8Array; readonly size: number } {
  const description = `{'descr': '<f8', 'fortran_order': False, 'shape': (${count},), }`.padEnd(117) + '\n';
  const head = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(description, 'latin1')]);
  const bytes = Buffer.concat([head, new Uint8Array(count * 8)]);
  return { packed: deflateRawSync(bytes), size: bytes.length };
}

describe('the memory that a checkpoint takes, in a process of its own', function () {
  this.timeout(60_000);
  let directory: string;
  before(async () => (directory = await mkdtemp(join(tmpdir(), 'gradlens-memory-'))));
  after(() => rm(directory, { recursive: true }));

  /** Reads a file of these bytes, followed by nothing up to a size. */
  async function read(bytes: Uint8Array, { size = bytes.length, allowed = usualMegabytes } = {}) {
    const path = join(directory, 'checkpoint');
    const file = await open(path, 'w');
    await file.write(bytes);
    await file.truncate(size);
    await file.close();
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--require', 'tsx/cjs'],
      join(__dirname, 'peak.ts'),
      path,
    ]);
    const { outcome, megabytes } = JSON.parse(stdout) as { readonly outcome: string; readonly megabytes: number };
    assert.ok(megabytes < allowed, `${megabytes} MB: ${outcome}`);
    return outcome;
  }

  it('is small for a header of 2 GB that is really there', async () => {
    const bytes = safetensors('{"a":', new Uint8Array(0), 2n ** 31n);
    assert.match(await read(bytes, { size: 2 ** 31 + 4096 }), /claims 2147483648 bytes/);
  });

  it('is less than a tensor takes whose values are passed over', async () => {
    const size = 256 * mebi;
    const header = { w: { dtype: 'F64', shape: [size / 8], data_offsets: [0, size] } };
    const bytes = safetensors(header);
    assert.equal(await read(bytes, { size: bytes.length + size }), 'read');
  });

  it('is less than an archive unpacks to', async () => {
    assert.equal(await read(zip({ 'w.npy': packedZeros(32 * mebi) })), 'read');
  });

  it('is small for a zip bomb', async () => {
    const layer = packedZeros(8 * mebi);
    const layers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}.npy`, layer]));
    assert.match(await read(zip(layers)), /zip bomb/);
    assert.match(
      await read(zip({ 'a/data.pkl': { packed: deflateRawSync(new Uint8Array(64 * mebi)), size: 64 * mebi } })),
      /at most are held/,
    );
  });

  it('is bounded for a pickle of nothing but lists', async () => {
    assert.match(await read(pickle(']'.repeat(8_000_000)), { allowed: 500 }), /steps/);
  });
});
