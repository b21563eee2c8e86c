import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { picture } from '../picture';
import { useTheme } from '../theme';
import {
  closeEverything,
  codeOf,
  eventually,
  find,
  hoverAt,
  lensesOf,
  openExample,
  problemsOf,
  warningsOf,
  withSettings,
} from './gradlens';

const file = 'deep_tanh_mlp.py';

describe('the editor on the deep tanh MLP', () => {
  afterEach(closeEverything);

  it('shows the summary above the class, with Probe and Details', async () => {
    const { document } = await openExample(file);
    const { line } = find(document, 'class DeepTanhMLP');
    const above = (await lensesOf(document.uri)).filter((lens) => lens.line === line);
    const summary = above.find(({ command }) => command === '');
    assert.ok(summary);
    assert.match(summary.title, /\d+ (weight )?layers/);
    assert.match(summary.title, /parameters/);
    assert.match(summary.title, /a layer/);
    assert.match(summary.title, /over the depth/);
    assert.match(summary.title, /(at risk|will not train)$/);
    assert.deepEqual(
      above
        .map(({ title, command }) => [title, command])
        .filter(([, command]) => command !== '' && command !== 'gradlens.showFixes'),
      [
        ['$(beaker)\u00a0Probe', 'gradlens.probe'],
        ['$(graph-line)\u00a0Details', 'gradlens.showPanel'],
      ],
    );
  });

  it('tells each problem at the line to blame, with a number, and links to its explanation', async () => {
    const { document } = await openExample(file);
    const problems = warningsOf(document.uri);
    const vanishing = problems.find((problem) => codeOf(problem) === 'vanishing-gradient');
    assert.ok(vanishing, problems.map(codeOf).join(', '));
    assert.equal(vanishing.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(vanishing.range), 'DeepTanhMLP');
    assert.ok(problems.some(({ range }) => document.getText(range).includes('Linear')));
    for (const { message } of problems) assert.match(message, /\d/);
    const { code } = vanishing;
    assert.ok(typeof code === 'object');
    assert.equal(code.target.scheme, 'command');
    await vscode.commands.executeCommand(code.target.path, ...(JSON.parse(code.target.query) as unknown[]));
    await eventually(
      'the explanation is shown',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'Preview vanishing-gradient.md',
    );
  });

  it('shows the finding with its number above the line to blame', async () => {
    const { document } = await openExample(file);
    const [problem] = warningsOf(document.uri);
    assert.ok(problem);
    const lenses = await lensesOf(document.uri);
    const lens = lenses.find(
      ({ line, command }) => line === problem.range.start.line && command === 'gradlens.showFixes',
    );
    assert.ok(lens, JSON.stringify(lenses));
    assert.match(lens.title, /\d/);
  });

  it('adds the number, the profile, the citation and the ways on to the problem’s hover', async () => {
    const { document } = await openExample(file);
    for (const problem of warningsOf(document.uri)) {
      const hover = await hoverAt(document.uri, problem.range.start);
      const plain = hover.replaceAll('\\', '');
      assert.match(plain, /healthy: /);
      assert.match(plain, /predicted, (high|medium|low) confidence/);
      assert.match(plain, /\| variance q \| .+ \| `[▁▂▃▄▅▆▇█_!·]+` \| .+ \|/);
      assert.match(plain, /\| gradient norm \|/);
      assert.match(plain, /(19|20)\d\d/, 'a citation with its year');
      assert.match(hover, /command:gradlens\.explainRule/);
    }
    const problems = vscode.workspace.getConfiguration('problems');
    await problems.update('visibility', false, vscode.ConfigurationTarget.Global);
    try {
      for (const { message, range } of warningsOf(document.uri)) {
        const hover = await hoverAt(document.uri, range.start);
        assert.ok(hover.replaceAll('\\', '').includes(message), 'the message, where problems are hidden');
      }
    } finally {
      await problems.update('visibility', undefined, vscode.ConfigurationTarget.Global);
    }
    const over = await hoverAt(document.uri, find(document, 'DeepTanhMLP'));
    assert.match(over, /parameters/);
    assert.match(over, /command:gradlens\.probe/);
  });

  it('hides each kind of lens by its setting, and the problems stay', async () => {
    const { document } = await openExample(file);
    const before = problemsOf(document.uri).length;
    const kinds = {
      model: ({ title }: { title: string }) => title.includes('parameters'),
      finding: ({ command }: { command: string }) => command === 'gradlens.showFixes',
      probe: ({ command }: { command: string }) => command === 'gradlens.probe' || command === 'gradlens.showPanel',
    };
    for (const [kind, isOfKind] of Object.entries(kinds)) {
      assert.ok((await lensesOf(document.uri)).some(isOfKind), kind);
      await withSettings({ [`lens.${kind}`]: false }, async () => {
        const lenses = await lensesOf(document.uri);
        assert.equal(lenses.some(isOfKind), false, kind);
        assert.ok(lenses.length > 0, 'the other kinds stay');
        await eventually('the problems are told', () => problemsOf(document.uri).length === before);
      });
    }
  });

  it('gives a rule the severity of its setting, and turns it off', async () => {
    const { document } = await openExample(file);
    const severity = (): vscode.DiagnosticSeverity | undefined =>
      problemsOf(document.uri).find((problem) => codeOf(problem) === 'vanishing-gradient')?.severity;
    assert.equal(severity(), vscode.DiagnosticSeverity.Error);
    await withSettings({ 'rules.vanishing-gradient': 'information' }, async () => {
      await eventually('it is information', () => severity() === vscode.DiagnosticSeverity.Information);
    });
    await withSettings({ 'rules.vanishing-gradient': 'off' }, async () => {
      await eventually('it is gone', () => problemsOf(document.uri).length === 0 || severity() === undefined);
      assert.equal(severity(), undefined);
    });
    await withSettings({ enable: false }, async () => {
      await eventually('nothing is said', () => problemsOf(document.uri).length === 0);
      assert.deepEqual(await lensesOf(document.uri), []);
    });
    await eventually('it is told again', () => severity() === vscode.DiagnosticSeverity.Error);
  });

  it('keeps the lenses while a line is being typed, at their lines', async () => {
    const editor = await openExample(file);
    const { document } = editor;
    const before = await lensesOf(document.uri);
    const [first] = before;
    assert.ok(first);
    for (const typed of ['\n', 'x', ' = ', '[1,', ' (']) {
      await editor.edit((edit) => edit.insert(document.lineAt(0).range.end, typed), {
        undoStopBefore: false,
        undoStopAfter: false,
      });
      assert.deepEqual(
        (await lensesOf(document.uri)).map(({ title }) => title),
        before.map(({ title }) => title),
        `after ‘${typed}’`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await lensesOf(document.uri);
    assert.deepEqual(
      after.map(({ title }) => title),
      before.map(({ title }) => title),
      'when the broken text has been analysed',
    );
  });

  for (const theme of ['dark', 'light'] as const)
    it(`looks well in the ${theme} theme`, async () => {
      await useTheme(theme);
      const editor = await openExample(file);
      const { document } = editor;
      await vscode.commands.executeCommand('workbench.actions.view.problems');
      await vscode.window.showTextDocument(document);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await picture(`lenses-problems-${theme}`);
      const problem = warningsOf(document.uri).find(({ range }) => document.getText(range).includes('Linear'));
      assert.ok(problem);
      editor.selection = new vscode.Selection(problem.range.start, problem.range.start);
      await vscode.commands.executeCommand('editor.action.hideHover');
      await vscode.commands.executeCommand('editor.action.showHover');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await picture(`hover-${theme}`);
      const name = find(document, 'DeepTanhMLP');
      editor.selection = new vscode.Selection(name, name);
      await vscode.commands.executeCommand('editor.action.hideHover');
      await vscode.commands.executeCommand('editor.action.showHover');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await picture(`hover-class-${theme}`);
      editor.selection = new vscode.Selection(problem.range.start, problem.range.start);
      await vscode.commands.executeCommand('editor.action.hideHover');
      await vscode.commands.executeCommand('editor.action.quickFix');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await picture(`fixes-${theme}`);
      await vscode.commands.executeCommand('hideCodeActionWidget');
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });
});
