import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  closeEverything,
  codeOf,
  exampleUri,
  find,
  gradlens,
  hoverAt,
  lensesOf,
  openExample,
  warningsOf,
} from './gradlens';

describe('TensorFlow.js in JavaScript and TypeScript', () => {
  afterEach(closeEverything);

  it('tells a sick model at its variable and its layers, with lens and hover', async () => {
    const { document } = await openExample('tfjs_deep_sigmoid.js');
    const problem = warningsOf(document.uri).find((one) => codeOf(one) === 'vanishing-gradient');
    assert.ok(problem);
    assert.equal(document.getText(problem.range), 'model');
    const place = find(document, 'model = tf.sequential()');
    const lenses = (await lensesOf(document.uri)).filter(({ line }) => line === place.line);
    assert.ok(lenses.some(({ title }) => title.endsWith('will not train')));
    assert.match(await hoverAt(document.uri, place), /dense\\_Dense1/);
  });

  it('is silent on a healthy one, in TypeScript', async () => {
    const { document } = await openExample('tfjs_classifier.ts');
    assert.deepEqual(warningsOf(document.uri), []);
    const [model] = (await (await gradlens()).analysisOf(document.uri))?.models ?? [];
    assert.equal(model?.network.framework, 'tfjs');
    assert.equal(model.network.parameters.length, 11);
  });

  it('passes over other files in JavaScript', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'javascript',
      content: 'const a = [1, 2];\n',
    });
    await vscode.window.showTextDocument(document);
    assert.deepEqual((await (await gradlens()).analysisOf(document.uri))?.models, []);
    assert.deepEqual(await lensesOf(document.uri), []);
  });

  it('probes a model as it does in Python', async function () {
    this.timeout(60_000);
    const measured = await (await gradlens()).probe(exampleUri('tfjs_deep_sigmoid.js'), 'model', ['gradientNorms']);
    assert.equal(measured.length, 1);
  });
});
