import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withSpans } from '../../../../src/network';
import { NotebookError, NotebookText, readNotebook } from '../../../../src/readers/notebooks';
import { SourceText } from '../../../../src/readers/text/source';
import { sharedReader } from '../support/reader';

const cells = [
  { cell_type: 'markdown', source: ['# A model\n', 'of torch'] },
  {
    cell_type: 'code',
    source: ['%matplotlib inline\n', 'import torch\n', 'from torch import nn\n', '!pip install torch\n'],
  },
  { cell_type: 'code', source: 'width = 8\nfiles = !ls \\\n  -la\nfor _ in files:\n    %time x\n' },
  { cell_type: 'code', source: '%%bash\necho width = 9\n' },
  {
    cell_type: 'code',
    source: [
      'class Net(nn.Module):\n',
      '    def __init__(self):\n',
      '        super().__init__()\n',
      '        self.fc = nn.Linear(width, 4)\n',
      '    def forward(self, x):\n',
      '        return self.fc(x)\n',
    ],
  },
];
const json = JSON.stringify({ cells, metadata: { language_info: { name: 'python' } }, nbformat: 4 });

describe('notebooks', () => {
  it('keeps every line and column, and takes magics out', () => {
    const { text } = readNotebook('a.ipynb', json);
    assert.equal(
      text.length,
      cells.reduce((sum, { source }) => sum + (typeof source === 'string' ? source : source.join('')).length + 1, 0),
    );
    assert.ok(!text.includes('%') && !text.includes('!') && !text.includes('echo') && !text.includes('# A model'));
    assert.match(text, /^files = __ +$/m);
    assert.match(text, /^ {4}pass +$/m);
  });

  it('reads a model of a later cell with what an earlier one defines, and tells places by their cells', async () => {
    const notebook = readNotebook('a.ipynb', json);
    const reader = await sharedReader();
    const { networks, notes } = reader.read({ file: notebook.file, text: notebook.text });
    assert.deepEqual(notes, []);
    const [network] = withSpans(networks, (span) => notebook.inCell(span));
    assert.equal(network!.span.file, 'a.ipynb, cell 5');
    assert.deepEqual({ ...network!.span.start }, { line: 0, column: 6, offset: 6 });
    assert.deepEqual(
      network!.parameters.map(({ path, shape, span }) => [path, shape, span.start.line]),
      [
        ['fc.weight', [4, 8], 3],
        ['fc.bias', [4], 3],
      ],
    );
  });

  it('maps every place of a cell to the whole and back', () => {
    const cell = fc.record({ text: fc.string({ unit: 'grapheme' }), isPython: fc.boolean() });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), fc.nat(), fc.nat(), fc.nat(), (given, which, a, b) => {
        const named = given.map((one, index) => ({ ...one, name: `cell ${index}` }));
        const notebook = new NotebookText('n', named);
        const chosen = named[which % named.length];
        const source = new SourceText(chosen?.name ?? '', chosen?.text ?? '');
        const [start, end] = [a % (source.text.length + 1), b % (source.text.length + 1)].sort((x, y) => x - y);
        const span = source.span({ start: start ?? 0, end: end ?? 0 });
        assert.deepEqual(notebook.inCell(notebook.inWhole(span)), span);
      }),
    );
  });

  it('says what is wrong with a file that is no notebook', () => {
    for (const bad of ['', '{', '[]', '{}', '{"cells": 3}', 'null'])
      assert.throws(() => readNotebook('a.ipynb', bad), NotebookError, bad);
    assert.equal(readNotebook('a.ipynb', '{"cells": [{}, 3, {"cell_type": "code", "source": 4}]}').text, '\n\n');
    const julia = JSON.stringify({ cells: [cells[1]], metadata: { kernelspec: { language: 'julia' } } });
    assert.equal(readNotebook('a.ipynb', julia).text.trim(), '');
  });
});
