import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { PanelMessage } from '../../../src/editor/api';
import type { ProbeKind } from '../../../src/probes/protocol';
import { picture } from '../picture';
import { useTheme } from '../theme';
import { closeEverything, eventually, exampleUri, find, gradlens, note, openExample, openText } from './gradlens';

const file = 'deep_tanh_mlp.py';
const model = 'DeepTanhMLP';
const both: readonly ProbeKind[] = ['gradientNorms', 'jacobianSpectrum'];

/** Deep and wide enough that its Jacobian spectra take many seconds. */
const slow = `import torch.nn as nn

wide = nn.Sequential(nn.Linear(1000, 1000), ${'nn.ReLU(), nn.Linear(1000, 1000), '.repeat(60)}nn.ReLU(), nn.Linear(1000, 1000))
`;

describe('probes', () => {
  afterEach(closeEverything);
  after(() => vscode.commands.executeCommand('gradlens.restartProbeProcess'));

  it('measure with progress and show the result beside the source', async function () {
    this.timeout(120_000);
    const api = await gradlens();
    const { document } = await openExample(file);
    const said = listen(api.onDidReceivePanelMessage);
    const fractions: number[] = [];
    const measured = await api.probe(document.uri, model, both, ({ fraction }) => fractions.push(fraction));
    assert.deepEqual(
      measured.map(({ kind }) => kind),
      both,
    );
    const [gradients] = measured;
    assert.ok(gradients?.kind === 'gradientNorms');
    note(this, `on ${gradients.backend.name} in ${measured.map(({ seconds }) => seconds.toFixed(2)).join(' s + ')} s`);
    assert.ok(fractions.length >= 4, `${fractions.length} messages of progress`);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
      'progress never goes back',
    );
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction <= 1));

    await eventually('the page is ready', () => said.some(({ message }) => message.kind === 'ready'));
    const rendered = await eventually('the page has drawn what was measured', () =>
      said.find(({ message }) => message.kind === 'rendered' && drawn(message.points)),
    );
    assert.equal(rendered.model, model);
    const tab = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === vscode.ViewColumn.Two)?.activeTab;
    assert.equal(tab?.label, `GradLens: ${model}`, 'the panel stands beside the source');
    assert.equal(vscode.window.activeTextEditor?.document, document, 'the focus stays in the source');
  });

  it('agree with the prediction of the source', async () => {
    const api = await gradlens();
    const { document } = await openExample(file);
    const predicted = (await api.analysisOf(document.uri))?.models.find(
      ({ network }) => network.name === model,
    )?.report;
    assert.ok(predicted?.depth);
    const [measured] = await api.probe(document.uri, model, ['gradientNorms']);
    assert.ok(measured?.kind === 'gradientNorms');
    const norm = (node: number | undefined): number => {
      const activation = measured.activations.find((candidate) => candidate.node === node);
      assert.ok(activation);
      return activation.gradientNorm;
    };
    const gain = norm(predicted.layers[0]?.node) / norm(predicted.layers.at(-1)?.node);
    const perLayer = gain ** (1 / predicted.depth.steps);
    assert.ok(
      Math.abs(perLayer / predicted.depth.gainPerLayer - 1) < 0.1,
      `${perLayer} measured, ${predicted.depth.gainPerLayer} predicted`,
    );
  });

  it('a cancelled one leaves no process behind', async function () {
    this.timeout(60_000);
    const api = await gradlens();
    const { document } = await openText(slow);
    let begun = false;
    const probe = api.probe(document.uri, 'wide', ['jacobianSpectrum'], () => (begun = true));
    await eventually('the probe runs', () => begun && api.probeProcessId() !== undefined);
    await sleep(1500);
    const pid = api.probeProcessId();
    assert.ok(pid !== undefined);
    assert.ok(isAlive(pid));
    await vscode.commands.executeCommand('notifications.showList');
    await sleep(500);
    await picture('probing');
    await vscode.commands.executeCommand('notifications.hideList');
    const start = performance.now();
    await api.cancelProbe(document.uri, 'wide');
    assert.deepEqual(await probe, []);
    await eventually('the process is gone', () => !isAlive(pid));
    note(this, `in ${(performance.now() - start).toFixed(0)} ms`);
    assert.equal(api.probeProcessId(), undefined);
  });

  it('a killed process is reported, and the next probe works', async function () {
    this.timeout(90_000);
    const api = await gradlens();
    const { document } = await openText(slow);
    let begun = false;
    const probe = api.probe(document.uri, 'wide', ['jacobianSpectrum'], () => (begun = true));
    await eventually('the probe runs', () => begun && api.probeProcessId() !== undefined);
    await sleep(1500);
    const pid = api.probeProcessId();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await assert.rejects(probe, (error: Error) => {
      assert.match(error.message, /SIGKILL/);
      assert.match(error.message, /next probe starts a new/);
      return true;
    });
    await openExample(file);
    const [measured] = await api.probe(exampleUri(file), model, ['gradientNorms']);
    assert.equal(measured?.kind, 'gradientNorms');
    assert.notEqual(api.probeProcessId(), pid);
  });

  it('the panel marks the layers of the cursor, and follows the source', async () => {
    const api = await gradlens();
    const editor = await openExample(file);
    const { document } = editor;
    const said = listen(api.onDidReceivePanelMessage);
    await vscode.commands.executeCommand('gradlens.showPanel', document.uri.toString(), model);
    await eventually('the page has drawn', () => said.some(({ message }) => message.kind === 'rendered'));
    const place = find(document, 'nn.Linear');
    editor.selection = new vscode.Selection(place, place);
    const before = said.length;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# a line more\n'));
    await eventually('the page has drawn the new text', () =>
      said.slice(before).some(({ message }) => message.kind === 'rendered'),
    );
  });

  for (const theme of ['light', 'dark'] as const)
    it(`the panel looks well in the ${theme} theme`, async function () {
      this.timeout(60_000);
      await useTheme(theme);
      const api = await gradlens();
      const editor = await openExample(file);
      await api.probe(editor.document.uri, model, both);
      const place = find(editor.document, 'nn.Linear').with({ character: 0 });
      editor.selection = new vscode.Selection(place, place);
      await sleep(2500);
      await picture(`panel-${theme}`);
    });
});

/** Whether every chart of the page shows something. */
function drawn(points: Readonly<Record<string, number>>): boolean {
  const counts = Object.values(points);
  return counts.length > 0 && counts.every((count) => count > 0);
}

function listen(event: vscode.Event<PanelMessage>): PanelMessage[] {
  const said: PanelMessage[] = [];
  event((message) => said.push(message));
  return said;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
