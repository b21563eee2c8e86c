import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from '../../scripts/command';
import { pythonPath } from '../../scripts/python';
import { assertReads, expectedIn } from '../unit/checkpoints/expected';

const make = resolve(__dirname, '..', 'unit', 'checkpoints', 'fixtures', 'make.py');

/** Every file that `make.py` writes, anew and with the libraries of today; large ones, too. */
describe('checkpoints, against the libraries that write them', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gradlens-checkpoints-'));
    await runCommand(await pythonPath(), [make, join(directory, 'written'), '--large']);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('every name, type, shape and number', async () => {
    for (const [file, expected] of expectedIn(join(directory, 'written')))
      await assertReads(join(directory, 'written', file), expected);
  });
});
