import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { CheckpointError } from '../../../src/readers/checkpoints';
import { hdf5Options } from './hdf5Worker';
import { calls, doubled, pickle, unicode, withArray } from './pickles';
import { openBytes, zip } from './written';

async function refuses(bytes: Uint8Array, why: RegExp): Promise<void> {
  await assert.rejects(openBytes(bytes), (error) => {
    assert.ok(error instanceof CheckpointError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

describe('a pickle that wants to run code', () => {
  const proof = '/tmp/gradlens-was-here';
  for (const [way, bytes] of Object.entries(calls)) {
    it(`${way}: refused, and what it wants is named`, async () => {
      await refuses(bytes, /without tensors.*would call os\.system/);
      assert.ok(!existsSync(proof));
    });
    it(`${way}, in an archive of PyTorch: a note names it, nothing runs`, async () => {
      const { tensors, notes } = await openBytes(zip({ 'archive/data.pkl': bytes }));
      assert.deepEqual(tensors, []);
      assert.ok(notes.some(({ kind, message }) => kind === 'code' && message.includes('call os.system;')));
      assert.ok(!existsSync(proof));
    });
  }

  it('beside weights: the weights are read, and a note warns', async () => {
    const checkpoint = await openBytes(withArray(`cposix\nsystem\n${unicode('id')}\x85R`));
    assert.deepEqual(await checkpoint.values('w'), Float32Array.of(1));
    assert.deepEqual(checkpoint.notes, [
      { kind: 'code', message: 'loading it in Python would call posix.system; here nothing is called' },
    ]);
    assert.deepEqual((await openBytes(withArray('N'))).notes, []);
  });

  it('changing a module, or wearing a harmless name', async () => {
    await refuses(pickle('cos\nenviron\n', '}b'), /wants to change os\.environ/);
    await refuses(
      pickle(unicode('torch.nn.modules.module'), unicode('os.system'), '\x93)R'),
      /call torch\.nn\.modules\.module\.os\.system/,
    );
    await refuses(
      pickle('cnumpy\ncore.multiarray._reconstruct.os.system\n)R'),
      /call numpy\.core\.multiarray\._reconstruct\.os/,
    );
  });
});

describe('a broken or hostile pickle', () => {
  it('is refused with the reason', async () => {
    await refuses(pickle('R'), /empty stack/);
    await refuses(pickle('t'), /misses a mark/);
    await refuses(pickle('h\x05'), /has not described/);
    await refuses(pickle('\x8d\xff\xff\xff\xff\xff\xff\xff\x7f'), /more text than is read|too early/);
    await refuses(pickle('\x8e\xff\xff\xff\xff\xff\xff\xff\x7f'), /claims .* bytes, but ends before/);
    await refuses(pickle('\x8b\xff\xff\xff\x7f'), /integer of 2147483647 bytes/);
    await refuses(pickle('\x82\x01'), /extension 1/);
    await refuses(pickle('\xff'), /unknown opcode 0xff/);
    await refuses(pickle(`V${'a'.repeat(100)}`), /cut off/);
    await refuses(Uint8Array.of(0x80, 9, 0x2e), /known format|protocol 9/);
  });

  it('that refers to itself has an end', async () => {
    await refuses(pickle(']\x94h\x00a'), /without tensors/);
    await refuses(pickle('}\x94', unicode('a'), 'h\x00s'), /without tensors/);
  });

  it('that doubles itself again and again is not unfolded', async () => {
    await refuses(doubled('list'), /without tensors/);
    await refuses(doubled('array'), /too many tensors|unfolded/);
  });

  it('of endless steps ends', async () => {
    await refuses(pickle('N0'.repeat(2_100_000)), /more than 3000000 steps/);
  });
});

describe('a broken or hostile archive', () => {
  const zeros = new Uint8Array(2 ** 20);

  it('that claims more than deflate can pack is refused before it is unpacked', async () => {
    await refuses(zip({ 'a/data.pkl': { packed: deflateRawSync(zeros), size: 2 ** 31 } }), /claims to unpack/);
  });

  it('whose entries overlap is refused', async () => {
    await refuses(
      zip({ 'a/data.pkl': zeros.subarray(0, 9), 'a/data/0': { sameAs: 'a/data.pkl' } }),
      /overlap.*zip bomb/,
    );
  });

  it('that unpacks to far more than its size is refused', async () => {
    const layer = { packed: deflateRawSync(new Uint8Array(2 ** 24)), size: 2 ** 24 };
    const layers = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.npy`, layer]));
    await refuses(zip(layers), /claims to unpack to 671088640: a zip bomb/);
  });

  it('that unpacks to less or more than it claims says so', async () => {
    const packed = deflateRawSync(pickle('N'));
    await refuses(zip({ 'a/data.pkl': { packed, size: 3 } }), /broken|too many/);
    await refuses(zip({ 'a/data.pkl': { packed, size: 9 } }), /broken|less than/);
  });

  it('with names that lead elsewhere is read as it is: names are no paths', async () => {
    await refuses(zip({ '../../etc/passwd': zeros.subarray(0, 4) }), /broken|no weights/);
  });
});

describe('a broken file of HDF5', () => {
  const whole = new Uint8Array(readFileSync(join(__dirname, 'fixtures', 'written', 'dense.weights.h5')));

  it('that is cut off says so, wherever it is cut', async () => {
    const hdf5 = await hdf5Options();
    for (let length = 8; length < whole.length; length += 1500)
      await assert.rejects(openBytes(whole.slice(0, length), {}, hdf5), CheckpointError);
    await assert.rejects(openBytes(whole.slice(0, -1), {}, hdf5), /HDF5 library says: .*truncated/);
  });

  it('is refused where the library is not at hand', async () => {
    await refuses(whole, /file of HDF5, whose library is not at hand/);
  });
});
