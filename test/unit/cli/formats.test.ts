import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Log } from 'sarif';
import type { Analysis, Analyzer } from '../../../src/analysis';
import { createAnalyzer } from '../../../src/analysis';
import { applyEdits } from '../../../src/analysis/edits';
import { analyzeAndProve } from '../../../src/cli/engine';
import { humanReport } from '../../../src/cli/formats/human';
import { jsonReport, jsonText } from '../../../src/cli/formats/json';
import { sarifReport } from '../../../src/cli/formats/sarif';
import { plain } from '../../../src/cli/paint';
import { createReader } from '../../../src/readers';
import { catalogue } from '../../../src/rules';

const deep = `from torch import nn

model = nn.Sequential(
${'    nn.Linear(64, 64), nn.Tanh(),\n'.repeat(24)}    nn.Linear(64, 10),
)
`;
const healthy = `from torch import nn

model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
`;

describe('the formats of check', () => {
  let analyzer: Analyzer;
  let analyses: readonly Analysis[];

  before(async () => {
    const { resolve } = createRequire(__filename);
    const reader = await createReader({
      treeSitterWasm: resolve('web-tree-sitter/web-tree-sitter.wasm'),
      pythonWasm: resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
    });
    analyzer = createAnalyzer(reader);
    analyses = [await analyzeAndProve(analyzer, { file: 'nets/deep net.py', text: deep }, {})];
  });

  it('human: a line a model, each finding with its place, number and fix, and a sum', () => {
    const text = humanReport(analyses, plain, 90);
    assert.match(text, /^nets\/deep net\.py\nmodel · 25 weight layers · .*✘ will not train$/m);
    assert.match(text, /^ {2}nets\/deep net\.py:3:1 {2}error {2}gradient ×\S+ over depth {2}vanishing-gradient$/m);
    assert.match(text, /^ {4}fix: Xavier-normal .*→/m);
    assert.match(text, /\d errors?, .*in 1 model in 1 file\. \d with a proven fix\.\n$/);
    for (const line of text.split('\n').slice(3)) assert.ok(line.length <= 90, line);
  });

  it('human: says that nothing was found, and where there is no model', () => {
    const good = analyzer.analyze({ file: 'a.py', text: healthy });
    const none = analyzer.analyze({ file: 'b.py', text: 'print(1)\n' });
    const text = humanReport([good, none], plain, 90);
    assert.match(text, /✔ trainable/);
    assert.match(text, /b\.py\nno model/);
    assert.match(text, /Nothing found in 1 model in 2 files\.\n$/);
  });

  it('json: everything of a finding, counted from one, numbers that JSON cannot carry spelled out', () => {
    const report = JSON.parse(jsonReport(analyses, '1.2.3')) as {
      readonly version: string;
      readonly files: readonly {
        readonly models: readonly {
          readonly findings: readonly {
            readonly rule: string;
            readonly at: object;
            readonly fixes: readonly { readonly edits: readonly object[] }[];
          }[];
        }[];
      }[];
    };
    assert.equal(report.version, '1.2.3');
    const finding = report.files[0]?.models[0]?.findings.find(({ rule }) => rule === 'vanishing-gradient');
    assert.deepEqual(finding?.at, { line: 3, column: 1, endLine: 3, endColumn: 6 });
    assert.ok(finding.fixes[0]?.edits.length);
    assert.equal(jsonText({ scale: Infinity }), '{\n  "scale": "Infinity"\n}\n');
  });

  it('sarif: rules, results that point to them, and fixes that mend the text', () => {
    const options = { version: '1.2.3', rules: catalogue, directory: '/work' };
    const log = JSON.parse(sarifReport(analyses, options)) as Log;
    assert.equal(log.version, '2.1.0');
    const [run] = log.runs;
    assert.deepEqual(
      run?.tool.driver.rules?.map(({ id }) => id),
      catalogue.map(({ id }) => id),
    );
    const result = run.results?.find(({ ruleId }) => ruleId === 'vanishing-gradient');
    assert.ok(result);
    assert.equal(run.tool.driver.rules[result.ruleIndex ?? -1]?.id, 'vanishing-gradient');
    assert.equal(result.level, 'error');
    const place = result.locations?.[0]?.physicalLocation;
    assert.deepEqual(place?.artifactLocation, { uri: 'nets/deep%20net.py', uriBaseId: 'SRCROOT' });
    assert.deepEqual(place.region, { startLine: 3, startColumn: 1, endLine: 3, endColumn: 6 });
    assert.match(result.fixes?.[0]?.description?.text ?? '', /Xavier/);
    assert.ok(result.fixes?.[0]?.artifactChanges[0]?.replacements[0]?.insertedContent?.text);
  });

  it('keeps the fixes that mend, and only those', () => {
    const model = analyses[0]?.models[0];
    const fixes = model?.findings.flatMap((finding) => finding.fixes) ?? [];
    assert.ok(fixes.length > 0);
    for (const { edits } of fixes) {
      const mended = analyzer.analyze({ file: 'mended.py', text: applyEdits(deep, edits) });
      assert.deepEqual(mended.models[0]?.findings, []);
    }
  });
});
