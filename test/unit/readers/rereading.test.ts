import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { withSpans } from '../../../src/network';
import { createAnalyzer, type Analysis, type Analyzer } from '../../../src/analysis';
import type { FileProvider, Reader } from '../../../src/readers';
import { sharedReader } from './support/reader';

const folder = resolve(__dirname, '../../../examples');
const models = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .sort()
  .map((name) => readFileSync(join(folder, name), 'utf8'));

const pieces = [
  ' ',
  'x',
  '\n',
  '4',
  '(',
  ':',
  '"""',
  '\n# a comment\n',
  '\n\nclass Extra(nn.Module):\n    def forward(self, x):\n        return x\n\n',
  '\nwidth = 3\n',
  '\nfrom torch import *\n',
  '\nmodel = DeepTanhMLP(depth=3)\n',
  '\n\ndef make():\n    return nn.Sequential(nn.Linear(3, 4), nn.ReLU())\n\n',
];

let reader: Reader;
before(async () => {
  reader = await sharedReader();
  engine = createAnalyzer(reader);
});

let fresh = 0;
let engine: Analyzer;

/** What is said of the text by who has never read it. */
function analyzeAnew(text: string, files?: FileProvider): Analysis {
  const file = `anew${fresh++}.py`;
  const named = withSpans(engine.analyze({ file, text, files }), (span) =>
    span.file === file ? { ...span, file: 'it.py' } : span,
  );
  return { ...named, file: 'it.py' };
}

const byPlace = (analysis: Analysis): Analysis => ({
  ...analysis,
  notes: [...analysis.notes].sort(
    (a, b) => a.span.start.offset - b.span.start.offset || (a.message < b.message ? -1 : 1),
  ),
});

function agrees(text: string, files?: FileProvider): void {
  const again = engine.analyze({ file: 'it.py', text, files });
  assert.deepEqual(byPlace(again), byPlace(analyzeAnew(text, files)));
}

describe('a file that is read again after an edit', () => {
  it('gives what it gives when it is read for the first time', function () {
    this.timeout(90_000);
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(40),
      piece: fc.constantFrom(...pieces),
    });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(models, { minLength: 3, maxLength: 8 }),
        fc.array(edit, { maxLength: 5 }),
        (some, edits) => {
          let text = some.join('\n');
          agrees(text);
          for (const { at, cut, piece } of edits) {
            const place = Math.floor(at * text.length);
            text = text.slice(0, place) + piece + text.slice(place + (cut > 30 ? cut : 0));
            agrees(text);
          }
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 25) },
    );
  });

  const two = (block: string): string => `
from torch import nn
from blocks import Block

class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = ${block}

    def forward(self, x):
        return self.fc(x)
`;

  it('has the networks that it had, where nothing has moved', () => {
    const [one] = reader.read({ file: 'same.py', text: two('nn.Linear(4, 5)') }).networks;
    const again = reader.read({ file: 'same.py', text: two('nn.Linear(4, 6)') }).networks;
    assert.equal(again.length, 2);
    assert.equal(again[0], one);
    assert.deepEqual(again[1]?.parameters[0]?.shape, [6, 4]);
  });

  it('is read anew where a file has changed that it imports', () => {
    const block = (width: number): FileProvider => ({
      roots: ['lib'],
      read: (path) =>
        path === 'lib/blocks.py'
          ? `from torch import nn\nclass Block(nn.Linear):\n    def __init__(self):\n        super().__init__(4, ${width})\n`
          : undefined,
    });
    agrees(two('Block()'), block(5));
    agrees(two('Block()'), block(6));
    assert.deepEqual(
      reader.read({ file: 'it.py', text: two('Block()'), files: block(7) }).networks[1]?.parameters[0]?.shape,
      [7, 4],
    );
  });

  it('knows that a model is a part of another by now', () => {
    const text = two('nn.Linear(4, 5)');
    agrees(text);
    agrees(text.replace('nn.Linear(4, 5)', 'One()'));
    agrees(text);
    agrees(text.replace('\nclass One', '\nbackbone = nn.Sequential(nn.Linear(4, 4), nn.ReLU())\n\nclass One'));
    agrees(
      text
        .replace('\nclass One', '\nbackbone = nn.Sequential(nn.Linear(4, 4), nn.ReLU())\n\nclass One')
        .replace('nn.Linear(4, 5)', 'backbone'),
    );
  });
});
