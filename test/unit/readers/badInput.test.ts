import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { isKnown, type Network } from '../../../src/network';
import type { Reader } from '../../../src/readers';
import { sharedReader } from './support/reader';

const examples = resolve(__dirname, '../../../examples');
const sources = [
  ...readdirSync(examples)
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(examples, name)),
  join(__dirname, 'golden/pretrained.py'),
].map((file) => readFileSync(file, 'utf8'));
const anySource = fc.constantFrom(...sources);
/** Nobody waits longer than this for a text of a few hundred lines. A machine under load is given some room. */
const longest = 250;

let reader: Reader;
before(async () => {
  reader = await sharedReader();
  // The first readings compile the code.
  for (const text of sources) reader.read({ file: 'warm.py', text });
});

/** Read, and check what must hold of every network whatever the text. */
function read(text: string): readonly Network[] {
  const start = process.cpuUsage();
  const { networks } = reader.read({ file: 'edited.py', text });
  const { user } = process.cpuUsage(start);
  assert.ok(user / 1000 < longest, `${user / 1000} ms`);
  for (const network of networks) checkNetwork(network, text);
  return networks;
}

function checkNetwork({ nodes, inputs, outputs, parameters, span }: Network, text: string): void {
  const paths = new Set(parameters.map((parameter) => parameter.path));
  assert.equal(paths.size, parameters.length);
  assert.ok(span.end.offset <= text.length);
  for (const [index, node] of nodes.entries()) {
    assert.equal(node.id, index);
    assert.ok(node.inputs.every((input) => input < index));
    for (const [field, value] of Object.entries(node.op))
      // The scale of an attention is a number.
      if (['weight', 'bias', 'scale', 'shift', 'slope'].includes(field) && typeof value === 'string')
        assert.ok(paths.has(value), `${field} ${value}`);
  }
  for (const id of [...inputs, ...outputs]) assert.ok(nodes[id]);
  for (const { shape } of parameters)
    for (const size of shape) if (isKnown(size)) assert.ok(Number.isInteger(size) && size >= 0, String(size));
}

describe('bad input', () => {
  it('cuts every example off anywhere: no crash, no hang, no network that does not hold together', () => {
    fc.assert(
      fc.property(anySource, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        read(text.slice(0, Math.floor(text.length * share)));
      }),
      { numRuns: 150 },
    );
  });

  it('survives pieces taken out, put in twice, and characters mistyped', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const edit = fc.record({
      at: place,
      length: fc.nat(80),
      insert: fc.constantFrom(
        '',
        '(',
        ')',
        ':',
        '\n',
        '    ',
        '"',
        '"""',
        '[',
        ' = ',
        'self.',
        '*',
        '\t',
        '0',
        '-1',
        '1e9',
        'None',
        'é😀',
      ),
    });
    fc.assert(
      fc.property(anySource, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let edited = text;
        for (const { at, length, insert } of edits) {
          const start = Math.floor(edited.length * at);
          edited = edited.slice(0, start) + insert + edited.slice(start + length);
        }
        read(edited);
      }),
      { numRuns: 250 },
    );
  });

  it('reads the same after edits as from scratch', () => {
    const [text = ''] = sources;
    fc.assert(
      fc.property(
        anySource,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('x', '\n', ' ', '#', '('),
        (source, at, insert) => {
          const start = Math.floor(source.length * at);
          const edited = source.slice(0, start) + insert + source.slice(start);
          reader.read({ file: 'same.py', text: source });
          const incremental = reader.read({ file: 'same.py', text: edited });
          reader.read({ file: 'other.py', text });
          assert.deepEqual(incremental, reader.read({ file: 'same.py', text: edited }));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives nothing for an empty file, and for one without PyTorch', () => {
    for (const text of ['', '\n', '# comment', 'import os\n\nclass Net:\n    pass\n'])
      assert.deepEqual(reader.read({ file: 'empty.py', text }), { networks: [], notes: [] });
  });

  it('does not know a size that the file does not tell', () => {
    const network = read(
      'import torch.nn as nn\n\nclass Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.fc = nn.Linear(n, n // 2)\n\n    def forward(self, x):\n        return self.fc(x)\n',
    )[0];
    assert.deepEqual(network?.parameters[0]?.shape, [
      { symbol: '⌊n/2⌋', reason: '`n` is an argument of `__init__` without a default' },
      { symbol: 'n', reason: '`n` is an argument of `__init__` without a default' },
    ]);
  });

  it('says which arguments would tell the sizes, until a comment does', () => {
    const text =
      'import torch.nn as nn\n\nclass Net(nn.Module):\n    def __init__(self, dim, classes=10, *, depth):\n        super().__init__()\n        self.fc = nn.Linear(dim, classes)\n\n    def forward(self, x):\n        return self.fc(x)\n';
    assert.deepEqual(read(text)[0]?.openArguments, ['dim', 'depth']);
    const told = read(text.replace('class Net', '# gradlens: Net(64, depth=2)\nclass Net'))[0];
    assert.equal(told?.openArguments, undefined);
    assert.deepEqual(told?.parameters[0]?.shape, [10, 64]);
  });

  it('handles a file without a newline at its end', () => {
    const text = 'from torch import nn\nmodel = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))';
    const site = read(text)[0]?.initializationSite;
    assert.ok(site);
    assert.equal(site.at.start.offset, text.length);
    assert.equal(site.receiver, 'model');
  });

  it('reads a file of 20,000 lines within a bound, and says so where it is too long', () => {
    const block = sources.find((source) => source.includes('class HeMLP')) ?? '';
    const start = performance.now();
    const { networks } = reader.read({
      file: 'long.py',
      text: `${block}\n`.repeat(Math.ceil(20_000 / block.split('\n').length)),
    });
    assert.ok(networks.length > 0);
    assert.ok(performance.now() - start < 5_000);
    const endless = reader.read({ file: 'endless.py', text: 'import torch\n'.repeat(200_000) });
    assert.equal(endless.networks.length, 0);
    assert.match(endless.notes[0]?.message ?? '', /too long/);
  });
});
