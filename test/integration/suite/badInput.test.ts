import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, eventually, gradlens, lensesOf, note, openText, problemsOf, warningsOf } from './gradlens';

const header = 'import torch\nfrom torch import nn\n\n\n';

/** A chain of `layers` in `__init__`, applied in order. */
function chain(name: string, layers: readonly string[]): string {
  const made = layers.map((layer, index) => `        self.f${index} = ${layer}\n`).join('');
  const used = layers.map((_, index) => `        x = self.f${index}(x)\n`).join('');
  return `class ${name}(nn.Module):\n    def __init__(self):\n        super().__init__()\n${made}\n    def forward(self, x):\n${used}        return x\n`;
}

describe('bad input', () => {
  afterEach(closeEverything);

  it('an empty file: nothing is said', async () => {
    const { document } = await openText('');
    assert.deepEqual(problemsOf(document.uri), []);
    assert.deepEqual(await lensesOf(document.uri), []);
  });

  const broken = {
    'a class without a body': `${header}class Net(nn.Module):\n`,
    'an open bracket': `${header}net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(\n\nclass A(nn.Module):\n    def forward(self, x\n`,
    'not Python at all': '%PDF-1.4 \u0000\u0001 }}}} ((((\n'.repeat(50),
    'an unclosed string': `${header}name = """\nclass Net(nn.Module):\n    pass\n`,
  };
  for (const [what, text] of Object.entries(broken))
    it(`syntax errors (${what}): no crash and no warning`, async () => {
      const { document } = await openText(text);
      assert.deepEqual(
        warningsOf(document.uri).map(({ message }) => message),
        [],
      );
    });

  it('sizes that contradict each other: said once, at the line, and nothing is judged from there on', async () => {
    const { document } = await openText(header + chain('Net', ['nn.Linear(8, 16)', 'nn.ReLU()', 'nn.Linear(32, 4)']));
    const problems = warningsOf(document.uri);
    assert.equal(problems.length, 1, problems.map(({ message }) => message).join('\n'));
    assert.match(problems[0]!.message, /32/);
    assert.match(problems[0]!.message, /16/);
    assert.equal(problems[0]!.severity, vscode.DiagnosticSeverity.Warning);
  });

  it('sizes from argparse: an honest “not known”, and no warning on it', async () => {
    const { document } = await openText(
      `import argparse\n${header}args = argparse.ArgumentParser().parse_args()\n\n\n${chain('Net', [
        'nn.Linear(args.width, args.hidden)',
        'nn.Tanh()',
        'nn.Linear(args.hidden, 10)',
      ])}`,
    );
    assert.deepEqual(
      warningsOf(document.uri).map(({ message }) => message),
      [],
    );
    const analysis = await (await gradlens()).analysisOf(document.uri);
    assert.equal(analysis?.models.length, 1);
    const titles = (await lensesOf(document.uri)).map(({ title }) => title).join(' ');
    assert.match(titles, /not known|\?/);
  });

  it('sizes that nothing tells: asked for once, and written above the class', async () => {
    const model = `class Net(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Sequential(nn.Linear(dim, dim), nn.Tanh()) for _ in range(depth)])
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        return self.head(self.layers(x))
`;
    const { document } = await openText(header + model);
    assert.deepEqual(warningsOf(document.uri), []);
    const lens = (await lensesOf(document.uri)).find(({ command }) => command === 'gradlens.tellSizes');
    assert.match(lens?.title ?? '', /tell its sizes/);
    await vscode.commands.executeCommand(
      'gradlens.tellSizes',
      document.uri.toString(),
      'Net',
      'Net(dim=128, depth=30)',
    );
    assert.equal(document.lineAt(4).text, '# gradlens: Net(dim=128, depth=30)');
    const analysis = await (await gradlens()).analysisOf(document.uri);
    assert.equal(analysis?.models[0]?.network.parameters.length, 62);
    await eventually('a warning', () => warningsOf(document.uri).length > 0);
    assert.ok((await lensesOf(document.uri)).every(({ command }) => command !== 'gradlens.tellSizes'));
  });

  it('an operation that is not understood: said as a hint, never as a warning', async () => {
    const { document } = await openText(
      `${header}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(64, 64)\n        self.b = nn.Linear(64, 64)\n\n    def forward(self, x):\n        x = torch.tanh(self.a(x))\n        x = torch.ops.mine.kernel(x)\n        return torch.tanh(self.b(x))\n`,
    );
    assert.deepEqual(
      warningsOf(document.uri).map(({ message }) => message),
      [],
    );
    const hints = problemsOf(document.uri);
    assert.equal(hints.length, 1, hints.map(({ message }) => message).join('\n'));
    assert.match(hints[0]!.message, /torch\.ops\.mine\.kernel/);
    assert.equal(hints[0]!.severity, vscode.DiagnosticSeverity.Hint);
  });

  it('20,000 lines: analysed, and typing in them stays possible', async function () {
    const filler = Array.from({ length: 20_000 }, (_, index) => `value_${index} = ${index}  # a long file`).join('\n');
    const start = performance.now();
    const editor = await openText(
      `${header}${filler}\n\n\n${chain('Net', ['nn.Linear(8, 8)', 'nn.ReLU()', 'nn.Linear(8, 2)'])}`,
    );
    const opened = performance.now() - start;
    const { document } = editor;
    assert.ok(document.lineCount >= 20_000);
    assert.ok((await lensesOf(document.uri)).some(({ title }) => title.includes('parameters')));
    const typing = performance.now();
    await editor.edit((edit) => edit.insert(new vscode.Position(10, 0), 'x = 1\n'));
    const analysis = await (await gradlens()).analysisOf(document.uri);
    const edited = performance.now() - typing;
    assert.equal(analysis?.models.length, 1);
    note(this, `opened and analysed in ${opened.toFixed(0)} ms, edited and analysed in ${edited.toFixed(0)} ms`);
    assert.ok(edited < 5000);
  });

  it('a text that changes while it is analysed: the last state counts', async () => {
    const editor = await openText(header + chain('Net', ['nn.Linear(8, 16)', 'nn.ReLU()', 'nn.Linear(32, 4)']));
    const { document } = editor;
    assert.equal(warningsOf(document.uri).length, 1, JSON.stringify(await (await gradlens()).analysisOf(document.uri)));
    const wrong = document.getText().indexOf('32');
    for (const text of ['1', '16'])
      await editor.edit((edit) =>
        edit.replace(
          new vscode.Range(document.positionAt(wrong), document.positionAt(document.getText().indexOf(', 4)'))),
          text,
        ),
      );
    await eventually('the contradiction is gone', () => warningsOf(document.uri).length === 0);
  });

  it('a text closed while it is analysed: the next one of its name is told by itself', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { document } = await openText(header + chain('Old', ['nn.Linear(8, 8)', 'nn.ReLU()', 'nn.Linear(8, 2)']));
      void vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 1000);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), 'x = 1\n');
      await vscode.workspace.applyEdit(edit);
      await closeEverything();
      const next = await openText(header + chain('New', ['nn.Linear(8, 16)', 'nn.ReLU()', 'nn.Linear(32, 4)']));
      const analysis = await (await gradlens()).analysisOf(next.document.uri);
      assert.deepEqual(
        analysis?.models.map(({ network }) => network.name),
        ['New'],
      );
      assert.equal(warningsOf(next.document.uri).length, 1);
      await closeEverything();
    }
  });

  it('says why there are no findings', async () => {
    await openText('print("no model here")\n');
    await vscode.commands.executeCommand('gradlens.whyNoFindings');
    const page = await eventually('the page is written', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'gradlens'),
    );
    assert.match(page.getText(), /No model was found/);
  });

  it('copies debug information that holds no source', async () => {
    await openText(header + chain('SecretName', ['nn.Linear(8, 8)', 'nn.ReLU()', 'nn.Linear(8, 2)']));
    await vscode.commands.executeCommand('gradlens.copyDebugInformation');
    const text = await vscode.env.clipboard.readText();
    const information = JSON.parse(text) as { readonly gradlens: string; readonly documents: readonly unknown[] };
    assert.match(information.gradlens, /^\d+\.\d+\.\d+/);
    assert.ok(information.documents.length > 0);
    assert.doesNotMatch(text, /SecretName/);
  });
});
