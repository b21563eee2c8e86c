import assert from 'node:assert/strict';
import { join } from 'node:path';
import { assertReads, expectedIn } from './expected';

const fixtures = join(__dirname, 'fixtures', 'written');

describe('checkpoints that other libraries wrote', () => {
  const files = expectedIn(fixtures);
  assert.ok(files.size > 0);
  for (const [file, expected] of files)
    it(`${file}: every name, type, shape and number`, () => assertReads(join(fixtures, file), expected));
});
