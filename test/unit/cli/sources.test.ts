import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CannotDo } from '../../../src/cli/failure';
import { readSources, standardInput } from '../../../src/cli/sources';

describe('readSources', () => {
  const nothing = Readable.from([]);
  let root: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gradlens-'));
    for (const directory of ['nets/deep', '.venv/lib', 'nets/__pycache__', 'empty'])
      await mkdir(join(root, directory), { recursive: true });
    for (const file of [
      'nets/b.py',
      'nets/a.py',
      'nets/deep/c.py',
      'nets/notes.txt',
      'nets/page.js',
      '.venv/lib/d.py',
      'nets/__pycache__/e.py',
    ])
      await writeFile(join(root, file), `# ${file}\n`);
  });
  after(() => rm(root, { recursive: true }));

  it('walks directories in order, past what is installed or hidden, and takes each file once', async () => {
    const sources = await readSources([join(root, 'nets', 'b.py'), root], nothing);
    const names = ['nets/b.py', 'nets/a.py', 'nets/deep/c.py'];
    assert.deepEqual(
      sources.map(({ file }) => file),
      names.map((name) => join(root, name)),
    );
    assert.equal(sources[0]?.text, '# nets/b.py\n');
  });

  it('takes a file of any name that is named itself', async () => {
    assert.equal((await readSources([join(root, 'nets', 'notes.txt')], nothing)).length, 1);
  });

  it('reads the standard input', async () => {
    assert.deepEqual(await readSources(['-'], Readable.from(['x = ', '1'])), [{ file: standardInput, text: 'x = 1' }]);
  });

  it('says what cannot be read', async () => {
    await assert.rejects(
      readSources([join(root, 'gone.py')], nothing),
      new CannotDo(`${join(root, 'gone.py')} does not exist.`),
    );
    await assert.rejects(readSources([join(root, 'empty')], nothing), /holds no Python file and no other/);
  });
});
