import assert from 'node:assert/strict';
import { applyEdits, createAnalyzer, type Analyzer } from '../../../src/analysis';
import { sharedReader } from '../readers/support/reader';

const deep = (settings: string, activation = 'relu'): string => `const tf = require('@tensorflow/tfjs');
const model = tf.sequential();
model.add(tf.layers.dense({ units: 64, inputShape: [64], activation: '${activation}' }));
for (let i = 0; i < 60; i++) model.add(tf.layers.dense({${settings} units: 64, activation: '${activation}' }));
model.add(tf.layers.dense({
  units: 1,
}));
`;

describe('fixes for TensorFlow.js', () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
    await analyzer.prepare({ file: 'deep.js', text: deep('') });
  });

  const fixed = (text: string): string | undefined => {
    const source = { file: 'deep.js', text, timeLimit: 5_000 };
    for (const model of analyzer.analyze(source).models)
      for (const finding of model.findings)
        for (const fix of finding.fixes) {
          const proven = analyzer.proveFix({ ...source, model, finding, fix });
          if (proven) return applyEdits(text, proven.edits);
        }
    return undefined;
  };

  it('name the initialiser in the call that makes a layer', () => {
    const mended = fixed(deep(''));
    assert.match(mended ?? '', /units: 64, activation: 'relu', kernelInitializer: 'heUniform' \}/);
  });

  it('put it in the place of another', () => {
    const mended = fixed(deep(" kernelInitializer: 'leCunNormal',"));
    assert.match(mended ?? '', /kernelInitializer: 'heUniform', units: 64/);
    assert.match(
      fixed(deep(' kernelInitializer: tf.initializers.randomNormal({ stddev: 0.01 }),', 'tanh')) ?? '',
      /\{ kernelInitializer: 'glorotUniform', units/,
    );
  });

  it('are not offered where no name helps', () => {
    assert.equal(fixed(deep('', 'sigmoid')), undefined);
  });
});
