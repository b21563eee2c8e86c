import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, eventually, exampleUri, openExample } from './gradlens';

/** A safetensors file of zeros. */
function safetensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += 4 * shape.reduce((size, dim) => size * dim, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(end)]);
}

describe('a checkpoint beside a model', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradlens-checkpoint-'));
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(closeEverything);

  it('is compared with it: what fits, what has another shape, what is missing', async () => {
    await openExample('deep_tanh_mlp.py');
    const file = join(folder, 'part.safetensors');
    await writeFile(
      file,
      safetensors({ 'layers.0.weight': [256, 64], 'layers.0.bias': [256], 'layers.2.weight': [7, 7] }),
    );
    const uri = exampleUri('deep_tanh_mlp.py').toString();
    await vscode.commands.executeCommand('gradlens.compareCheckpoint', uri, 'DeepTanhMLP', vscode.Uri.file(file));
    const page = await eventually('the page of the comparison', () =>
      vscode.workspace.textDocuments.find(
        ({ uri: { scheme, path } }) => scheme === 'gradlens' && path.includes('DeepTanhMLP'),
      ),
    );
    assert.match(page.getText(), /2 of 60 parameters match; 1 with another shape, 57 missing, 0 unexpected/);
    assert.match(page.getText(), /layers\.2\.weight/);
  });
});
