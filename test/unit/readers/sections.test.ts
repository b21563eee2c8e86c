import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { PythonParser } from '../../../src/readers/python/parser';
import { toStatements } from '../../../src/readers/python/parsing/statements';
import { GrammarParser } from '../../../src/readers/text/grammar';
import { Subtree } from '../../../src/readers/text/tree';
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
let whole: GrammarParser;
before(async () => {
  const files = { treeSitter: readerFiles.treeSitterWasm, grammar: readerFiles.pythonWasm };
  parser = await PythonParser.create(files);
  whole = await GrammarParser.create(files);
});
after(() => {
  parser.dispose();
  whole.dispose();
});

const inParts = (text: string) =>
  parser.parse(new SourceText('sections.py', text)).flatMap(({ statements }) => statements);

const kinds = (text: string): readonly string[] =>
  sectionsOf(text).map(({ kind, name }) => (name === undefined ? kind : `${kind} ${name}`));

describe('the sections of a file', () => {
  it('hold the same statements as the file parsed at once', () => {
    for (const text of texts) {
      const atOnce = whole.parseOnce(text, ({ rootNode }) =>
        rootNode.hasError ? undefined : toStatements(new Subtree(rootNode, text, 0)),
      );
      if (atOnce) assert.deepEqual(inParts(text), atOnce);
    }
  });

  it('that did not change are the same further down', () => {
    for (const text of texts) {
      inParts(text);
      const moved = `import before\n${text}`;
      const known = inParts(moved);
      parser.parse(new SourceText('sections.py', ''));
      assert.deepEqual(known, inParts(moved));
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

  it('tell what only gives a value to a name', () => {
    assert.deepEqual(
      kinds(
        'import a\nx = 1\ndef f():\n    pass\n\n@b\n@c(1,\n  2)\nclass D:\n    y = """\nclass no:\n"""\ny = (\n1)\n',
      ),
      ['code', 'code', 'function f', 'class D', 'code'],
    );
    assert.deepEqual(kinds('import a\nfrom b import (\n  c,\n)\nx = 1\nimport d\n'), ['code', 'code', 'code']);
    assert.deepEqual(kinds('@a.register\ndef f(): pass\nclass A(B, key=1): pass\nif x:\n    pass\nelse:\n    pass\n'), [
      'code',
      'code',
      'code',
    ]);
    assert.deepEqual(kinds(`table = {${'1: 2, '.repeat(400)}}\nasync def g(): pass`), ['value table', 'function g']);
    assert.deepEqual(kinds('x = f(\ndef g():\n    pass\n'), ['code', 'function g']);
  });

  it('tell by which name a module is told of a definition', () => {
    assert.deepEqual(
      sectionsOf('@register_model\ndef f(): pass\nregister_names(1)\n@register(1)\ndef g(): pass\nx = 1\n').map(
        ({ registrar }) => registrar,
      ),
      ['register_model', 'register_names', undefined, undefined],
    );
  });
});
