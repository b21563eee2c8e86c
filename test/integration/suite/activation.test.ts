import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { exampleUri, note } from './gradlens';
import type { GradLensApi } from '../../../src/editor/api';

// First in the alphabet, so that nothing has activated the extension before.
describe('activation', () => {
  it('comes with the first Python file, and says how long it took', async function () {
    const extension = vscode.extensions.getExtension<GradLensApi>('gradlens.gradlens');
    assert.ok(extension);
    assert.equal(extension.isActive, false, 'nothing but a Python file activates it');
    const start = performance.now();
    const { activationMilliseconds } = await extension.activate();
    const total = performance.now() - start;
    note(this, `${total.toFixed(1)} ms, of which activate() ${activationMilliseconds.toFixed(1)} ms`);
    assert.ok(activationMilliseconds <= total);
  });

  it('starts no process', async () => {
    const api = vscode.extensions.getExtension<GradLensApi>('gradlens.gradlens')?.exports;
    assert.ok(api);
    await api.analysisOf(exampleUri('deep_tanh_mlp.py'));
    assert.equal(api.probeProcessId(), undefined);
  });
});
