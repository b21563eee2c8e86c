import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { resultText } from './support/networkText';
import { sharedReader } from './support/reader';

const root = resolve(__dirname, '../../..');
const golden = join(__dirname, 'golden');
const sources = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.(py|js|ts)$/.test(name))
    .map((name) => join(folder, name));

// Beside every source lies, as text, what is read of it. `UPDATE=1 npm run test:unit` writes them anew; read the difference.
describe('what is read of whole files', () => {
  for (const file of [...sources(join(root, 'examples')), ...sources(golden)]) {
    it(basename(file), async () => {
      const reader = await sharedReader();
      const input = { file, text: readFileSync(file, 'utf8'), timeLimit: 5_000 };
      await reader.prepare(input);
      const read = resultText(reader.read(input));
      const expected = join(golden, `${basename(file, extname(file))}.txt`);
      if (process.env['UPDATE'] === '1' || !existsSync(expected)) writeFileSync(expected, read);
      assert.equal(read, readFileSync(expected, 'utf8'));
    });
  }
});
