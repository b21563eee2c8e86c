import assert from 'node:assert/strict';
import { CheckpointError } from '../../../src/readers/checkpoints';
import { openBytes, safetensors } from './written';

const bytesOf = (values: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(values.buffer);

async function refuses(bytes: Uint8Array, why: RegExp): Promise<void> {
  await assert.rejects(openBytes(bytes), (error) => {
    assert.ok(error instanceof CheckpointError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

describe('safetensors', () => {
  it('is none of pickle, whatever its header is long', async () => {
    for (const length of [0x0280, 0x0380, 0x0480, 0x0580]) {
      const metadata = (filling: string): Record<string, unknown> => ({
        __metadata__: { filling },
        x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      });
      const lacking = length - JSON.stringify(metadata('')).length;
      const bytes = safetensors(metadata('.'.repeat(lacking)), bytesOf(Float32Array.of(7)));
      assert.deepEqual([bytes[0], bytes[1]], [0x80, length >> 8]);
      const checkpoint = await openBytes(bytes);
      assert.deepEqual([checkpoint.format, ...(await checkpoint.values('x'))], ['safetensors', 7]);
    }
  });

  it('lists names, shapes and types in the order of the header, and reads values of every type', async () => {
    const data = Buffer.concat([
      bytesOf(Float64Array.of(0.1, -2)),
      bytesOf(BigInt64Array.of(2n ** 60n)),
      bytesOf(Uint16Array.of(0x3c00, 0xfbff, 0x0001, 0x7c00)),
      bytesOf(Uint16Array.of(0x3f80, 0xc040)),
      Uint8Array.of(0x38, 0x7f, 0xff, 0x01),
      Uint8Array.of(0x3c, 0x7c, 0xbc, 0x01),
    ]);
    const checkpoint = await openBytes(
      safetensors(
        {
          __metadata__: { format: 'pt' },
          brain: { dtype: 'BF16', shape: [2], data_offsets: [32 - 8, 36 - 8] },
          b: { dtype: 'F64', shape: [2, 1], data_offsets: [0, 16] },
          constructor: { dtype: 'I64', shape: [], data_offsets: [16, 24] },
          half: { dtype: 'F16', shape: [4], data_offsets: [28, 36] },
          e4: { dtype: 'F8_E4M3', shape: [4], data_offsets: [36, 40] },
          e5: { dtype: 'F8_E5M2', shape: [4], data_offsets: [40, 44] },
        },
        Buffer.concat([data.subarray(0, 24), data.subarray(32, 36), data.subarray(24, 32), data.subarray(36)]),
      ),
    );
    assert.equal(checkpoint.format, 'safetensors');
    assert.deepEqual(
      checkpoint.tensors.map(({ name, shape, type }) => `${name} ${shape.join('×')} ${type}`),
      [
        'brain 2 bfloat16',
        'b 2×1 float64',
        'constructor  int64',
        'half 4 float16',
        'e4 4 float8_e4m3fn',
        'e5 4 float8_e5m2',
      ],
    );
    assert.deepEqual(await checkpoint.values('b'), Float64Array.of(0.1, -2));
    assert.deepEqual(await checkpoint.values('constructor'), BigInt64Array.of(2n ** 60n));
    assert.deepEqual(await checkpoint.values('brain'), Float32Array.of(1, -3));
    assert.deepEqual(await checkpoint.values('half'), Float32Array.of(1, -65504, 2 ** -24, Infinity));
    assert.deepEqual(await checkpoint.values('e4'), Float32Array.of(1, NaN, NaN, 2 ** -9));
    assert.deepEqual(await checkpoint.values('e5'), Float32Array.of(1, Infinity, -1, 2 ** -16));
    await assert.rejects(checkpoint.values('c'), /no tensor ‘c’/);
  });

  it('reads a tensor of many pieces whole', async () => {
    const numbers = Float32Array.from({ length: 1_000_003 }, (_, index) => index);
    const header = { w: { dtype: 'F32', shape: [numbers.length], data_offsets: [0, numbers.byteLength] } };
    const checkpoint = await openBytes(safetensors(header, bytesOf(numbers)));
    assert.deepEqual(await checkpoint.values('w'), numbers);
    let pieces = 0;
    for await (const piece of checkpoint.pieces('w')) {
      pieces++;
      assert.ok(piece.byteLength <= 2 ** 20);
    }
    assert.ok(pieces > 3);
  });

  it('refuses what a header claims and the file has not, without reading it', async () => {
    const one = (entry: object): object => ({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...entry } });
    const four = new Uint8Array(4);
    await refuses(safetensors({}, four, 2n ** 31n), /header claims 2147483648 bytes, but only 6 follow/);
    await refuses(safetensors({}, four, 2n ** 63n), /header claims 9223372036854775808 bytes/);
    await refuses(safetensors('{"a', four), /no JSON/);
    await refuses(safetensors(`{"a":${'['.repeat(100_000)}`, four), /no JSON/);
    await refuses(safetensors(one({ data_offsets: [0, 8], shape: [2] }), four), /ends at byte 8, but the data have 4/);
    await refuses(safetensors(one({ data_offsets: [4, 0] }), four), /makes no sense/);
    await refuses(safetensors(one({ data_offsets: [-4, 0] }), four), /makes no sense/);
    await refuses(safetensors(one({ shape: [2] }), four), /takes 4 bytes, but 2 of float32 needs 8/);
    await refuses(safetensors(one({ shape: [-1, -1] }), four), /shape .* makes no sense/);
    await refuses(safetensors(one({ shape: [2 ** 40, 2 ** 40] }), four), /too large/);
    await refuses(safetensors(one({ shape: [0, 2 ** 60] }), four), /makes no sense|needs 0/);
    await refuses(safetensors(one({ dtype: 'toString' }), four), /unknown type "toString"/);
    await refuses(safetensors({ ...one({}), v: { dtype: 'U8', shape: [1], data_offsets: [3, 4] } }, four), /overlaps/);
    await refuses(safetensors({ v: { dtype: 'U8', shape: [1], data_offsets: [3, 4] } }, four), /gap/);
    await refuses(safetensors(one({}), new Uint8Array(5)), /1 bytes follow/);
    await refuses(safetensors('[]', four), /no checkpoint|no object/);
  });

  it('knows names that were dropped for a tied one', async () => {
    const header = {
      __metadata__: { 'head.weight': 'embed.weight' },
      'embed.weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    };
    const { tensors } = await openBytes(safetensors(header, new Uint8Array(4)));
    assert.deepEqual(tensors[0]?.aliases, ['head.weight']);
  });

  it('says what else a file is', async () => {
    const text = (content: string): Uint8Array => new TextEncoder().encode(content);
    await refuses(new Uint8Array(0), /empty/);
    await refuses(text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /Git LFS/);
    await refuses(text('GGUF....'), /GGUF/);
    await refuses(text('import torch\n'), /no checkpoint of a known format/);
  });
});
