import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, exampleUri, lensesOf, openExample, warningsOf } from './gradlens';

/** The examples that are there to be warned of. */
const sick = new Set([
  'contradiction.py',
  'deep_tanh_mlp.py',
  'exploding_mlp.py',
  'keras_deep_sigmoid.py',
  'relu_mlp_default_deep.py',
  'selu_mlp.py',
  'softmax_before_loss.py',
]);

describe('healthy examples', () => {
  afterEach(closeEverything);

  it('are not warned of, and show their summaries', async () => {
    const files = (await vscode.workspace.fs.readDirectory(exampleUri('')))
      .map(([name]) => name)
      .filter((name) => name.endsWith('.py') && !sick.has(name));
    for (const name of files) {
      const { document } = await openExample(name);
      assert.deepEqual(
        warningsOf(document.uri).map(({ message }) => message),
        [],
        name,
      );
      assert.ok(
        (await lensesOf(document.uri)).some(({ title }) => /\d weight layers? · /.test(title)),
        name,
      );
    }
    assert.ok(files.length >= 4, files.join(', '));
  });
});
