import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { catalogue } from '../../../src/rules';

const pages = resolve(__dirname, '..', '..', '..', 'media', 'rules');

describe('pages of the rules', () => {
  for (const { id, title } of catalogue)
    it(id, () => {
      const page = readFileSync(join(pages, `${id}.md`), 'utf8');
      assert.ok(page.startsWith(`# ${title}\n\n\`${id}\``), 'title and id');
      const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ['What is wrong', 'The number', 'How to mend it', 'When it is fine', 'Source']);
    });

  it('there is none without a rule', () => {
    const known = catalogue.map(({ id }) => `${id}.md`).toSorted();
    assert.deepEqual(readdirSync(pages).toSorted(), known);
  });
});
