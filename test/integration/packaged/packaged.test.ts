import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { GradLensApi } from '../../../src/editor/api';
import { picture } from '../picture';
import { eventually, exampleUri, problemsOf } from '../suite/gradlens';

const file = 'deep_tanh_mlp.py';

describe('the installed package', () => {
  const extension = (): vscode.Extension<GradLensApi> => {
    const found = vscode.extensions.getExtension<GradLensApi>('gradlens.gradlens');
    assert.ok(found, 'gradlens.gradlens is installed');
    return found;
  };

  it('is active once a Python file is open', async () => {
    await vscode.window.showTextDocument(exampleUri(file));
    await eventually('GradLens is active', () => extension().isActive, 30_000);
    assert.match(extension().extensionPath, /extensions[/\\]gradlens\.gradlens-\d/, 'it is the installed one');
  });

  it('warns of the deep tanh MLP', async () => {
    await eventually('there are problems', () => problemsOf(exampleUri(file)).length > 0, 30_000);
    await picture('packaged');
  });

  it('probes it on the backend that it brings', async () => {
    const settings = vscode.workspace.getConfiguration('gradlens.probe');
    await settings.update('backend', 'wasm', vscode.ConfigurationTarget.Global);
    const [measured] = await extension().exports.probe(exampleUri(file), 'DeepTanhMLP', ['gradientNorms']);
    assert.ok(measured?.kind === 'gradientNorms');
    assert.equal(measured.backend.name, 'wasm');
    assert.ok(measured.activations.every(({ gradientNorm }) => Number.isFinite(gradientNorm) && gradientNorm > 0));
  });
});
