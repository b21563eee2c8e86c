import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnalyzer, type Analyzer } from '../../../src/analysis';
import { importedFiles } from '../../../src/cli/imports';
import { diskFiles } from '../../../src/readers';
import { sharedReader } from '../readers/support/reader';

const blocks = `from torch import nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.act = nn.Tanh()

    def forward(self, x):
        return self.act(self.fc(x))
`;
const model = `from torch import nn
from blocks import Block

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(128) for _ in range(30)])
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.blocks(x))
`;

describe('a model made of modules of another file', () => {
  let analyzer: Analyzer;
  let folder: string;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
    folder = await mkdtemp(join(tmpdir(), 'gradlens-imports-'));
    await writeFile(join(folder, 'blocks.py'), blocks);
  });
  after(() => rm(folder, { recursive: true }));

  const analyze = () =>
    analyzer.analyze({ file: join(folder, 'net.py'), text: model, files: diskFiles([folder]) }).models[0];

  it('is judged, and told of where it is, with the layer itself beside it', () => {
    const net = analyze();
    assert.ok(net);
    assert.equal(net.network.parameters.length, 62);
    const found = net.findings.find(({ rule }) => rule === 'initializer-activation-mismatch');
    assert.ok(found, net.findings.map(({ rule }) => rule).join());
    for (const { span } of net.findings) assert.equal(span.file, join(folder, 'net.py'));
    assert.equal(found.related[0]?.file, join(folder, 'blocks.py'));
    assert.equal(found.related[0].start.line, 5);
  });

  it('is offered only edits of its own text', () => {
    for (const { fixes } of analyze()!.findings)
      for (const { edits } of fixes) for (const { span } of edits) assert.equal(span.file, join(folder, 'net.py'));
  });

  it('is not judged where the other file is not there', () => {
    const alone = analyzer.analyze({ file: join(folder, 'net.py'), text: model }).models[0];
    assert.ok(alone);
    assert.deepEqual(alone.findings, []);
    assert.ok(alone.network.notes.length > 0);
  });

  it('finds what is installed in the virtual environment', async () => {
    const packages = join(folder, '.venv', 'lib', 'python3.11', 'site-packages');
    await mkdir(packages, { recursive: true });
    assert.deepEqual(importedFiles(['lib'], folder, {}).roots, ['', 'lib', packages]);
    assert.deepEqual(importedFiles([], '/nowhere', { VIRTUAL_ENV: join(folder, '.venv') }).roots, ['', packages]);
  });
});
