import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createAnalyzer, type ModelAnalysis } from '../../../src/analysis';
import { diagnosisPage } from '../../../src/editor/diagnosis';
import { hoverText, type HoverLinks } from '../../../src/editor/hoverText';
import { createReader } from '../../../src/readers';

const root = resolve(__dirname, '..', '..', '..');
const links: HoverLinks = {
  probe: () => 'command:probe',
  details: () => 'command:details',
  explain: (rule) => `command:explain-${rule}`,
  fixes: ({ rule }) => `command:fix-${rule}`,
};

describe('the texts of the editor', () => {
  let read: (text: string) => ReturnType<ReturnType<typeof createAnalyzer>['analyze']>;
  before(async () => {
    const reader = await createReader({
      treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    const analyzer = createAnalyzer(reader);
    read = (text) => analyzer.analyze({ file: 'model.py', text });
  });

  const sick = (): ModelAnalysis => {
    const [model] = read(readFileSync(join(root, 'examples', 'deep_tanh_mlp.py'), 'utf8')).models;
    assert.ok(model);
    return model;
  };

  it('a hover over the line to blame tells the number, the profiles, the citation and the ways on', () => {
    const model = sick();
    for (const finding of model.findings) {
      const text = hoverText(model, { overModel: false, findings: [finding], messages: false }, links);
      assert.match(text, /healthy: /);
      assert.match(text, /predicted, (high|medium|low) confidence/);
      assert.match(text, /\| variance q \| [^|]+ \| `[▁▂▃▄▅▆▇█]{30}` \|/);
      assert.match(text, /\| gradient norm \| 8\.5e-8 \| `▁[^`]*█` \| 1 \|/);
      assert.ok(text.includes(`command:explain-${finding.rule}`));
      assert.ok(text.includes(`command:fix-${finding.rule}`));
      assert.ok(!text.replaceAll('\\', '').includes(finding.message));
      const full = hoverText(model, { overModel: false, findings: [finding], messages: true }, links);
      assert.ok(full.replaceAll('\\', '').includes(finding.message));
    }
  });

  it('a hover over the model tells the findings of other lines, and leaves out the middle of many layers', () => {
    const model = sick();
    const text = hoverText(model, { overModel: true, findings: [], messages: false }, links);
    for (const { rule } of model.findings) assert.ok(text.includes(`command:explain-${rule}`));
    assert.match(text, /… 22 more/);
    assert.match(text, /30 weight layers/);
  });

  it('names of the source are text: no markup, no link', () => {
    const text = `import torch.nn as nn\n\nmodel = nn.Sequential()\nmodel.add_module('[x](command:evil)|\`a\`', nn.Linear(4, 4))\nmodel.add_module('b', nn.Linear(4, 4))\n`;
    for (const model of read(text).models) {
      const hover = hoverText(model, { overModel: true, findings: model.findings, messages: true }, links);
      assert.doesNotMatch(hover, /(?<!\\)\]\(command:evil/);
    }
  });

  it('the page of what was read says what is not understood, where, and holds no source', () => {
    const text = `import torch\nimport torch.nn as nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(8, 8)\n\n    def forward(self, x):\n        return torch.ops.mine.kernel(self.a(x))\n`;
    const page = diagnosisPage('net.py', read(text), ['vanishing-gradient']);
    assert.match(page, /## Net/);
    assert.match(page, /line 10/);
    assert.match(page, /torch\.ops\.mine\.kernel/);
    assert.match(page, /`vanishing-gradient`/);
    assert.match(diagnosisPage('net.py', undefined, []), /gradlens\.enable/);
    assert.match(diagnosisPage('net.py', read('x = 1\n'), []), /No model was found/);
  });
});
