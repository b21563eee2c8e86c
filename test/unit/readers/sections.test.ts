import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { PythonParser } from '../../../src/readers/python/parser';
import { sectionsOf } from '../../../src/readers/python/parsing/sections';
import { SourceText } from '../../../src/readers/text/source';
import { readerFiles } from './support/reader';

const folders = [resolve(__dirname, '../../../examples'), resolve(__dirname, 'golden')];
const texts = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.py'))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
);

let parser: PythonParser;
before(async () => {
  parser = await PythonParser.create({ treeSitter: readerFiles.treeSitterWasm, grammar: readerFiles.pythonWasm });
});
after(() => parser.dispose());

const named = (text: string): readonly (string | undefined)[] => sectionsOf(text).map(({ name }) => name);

describe('the sections of a file', () => {
  it('hold the same statements as the file parsed at once', () => {
    for (const text of texts) {
      const source = new SourceText('sections.py', text);
      const { syntax } = parser.parse(source);
      if (syntax.broken) continue;
      assert.deepEqual(
        parser.parseInParts(source).flatMap(({ statements }) => statements()),
        syntax.body,
      );
    }
  });

  it('follow each other from the first statement to the end, whatever the text', () => {
    const piece = fc.constantFrom(
      '"',
      "'",
      '"""',
      '(',
      ')',
      '\n',
      '\\',
      '#',
      '@a',
      'def f():',
      ' ',
      'class A:',
      'x = 1',
      'else:',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const sections = sectionsOf(text);
        for (const [index, { start, end }] of sections.entries()) {
          assert.ok(start < end);
          assert.equal(end, sections[index + 1]?.start ?? text.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('put off what only gives a value to a name', () => {
    assert.deepEqual(
      named(
        'import a\nx = 1\ndef f():\n    pass\n\n@b\n@c(1,\n  2)\nclass D:\n    y = """\nclass no:\n"""\ny = (\n1)\n',
      ),
      [undefined, 'f', 'D', undefined],
    );
    assert.deepEqual(named('@register\ndef f(): pass\nclass A(B, key=1): pass\nif x:\n    pass\nelse:\n    pass\n'), [
      undefined,
    ]);
    assert.deepEqual(named(`table = {${'1: 2, '.repeat(400)}}\nasync def g(): pass`), ['table', 'g']);
    assert.deepEqual(named('x = f(\ndef g():\n    pass\n'), [undefined, 'g']);
  });
});
