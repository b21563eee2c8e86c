import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { catalogue } from '../../../src/rules';

const root = resolve(__dirname, '..', '..', '..');
const pages = join(root, 'media', 'rules');

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

  it('the README lists them, in the order of the catalogue', () => {
    const rows = readFileSync(join(root, 'README.md'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('](media/rules/'));
    assert.deepEqual(
      rows,
      catalogue.map(
        ({ id, title, defaultSeverity }) => `| [\`${id}\`](media/rules/${id}.md) | ${title} | ${defaultSeverity} |`,
      ),
    );
  });
});
