import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { createAnalyzer, type Analyzer } from '../../../src/analysis';
import { sharedReader } from '../readers/support/reader';

const folder = resolve(__dirname, '..', '..', '..', 'examples');
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

describe('every example', () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
    // The first reading compiles the parser, which its time limit is not meant for.
    for (const { name, text } of texts) analyzer.analyze({ file: name, text });
  });

  for (const { name, text } of texts)
    it(`${name}: each fix that is offered mends its finding`, () => {
      const { models } = analyzer.analyze({ file: name, text });
      assert.ok(models.length > 0);
      for (const model of models)
        for (const finding of model.findings)
          for (const fix of finding.fixes)
            assert.ok(analyzer.proveFix({ file: name, text, model, finding, fix }), `${finding.rule}: ${fix.title}`);
    });

  // Of Keras there are no fixes yet.
  it('the sick ones are told, each of PyTorch with a fix', () => {
    const told = texts.flatMap(({ name, text }) =>
      analyzer
        .analyze({ file: name, text })
        .models.flatMap(({ findings }) => findings.map(({ rule, fixes }) => `${name} ${rule} ${fixes.length}`)),
    );
    assert.deepEqual(told, [
      'deep_tanh_mlp.py vanishing-gradient 1',
      'deep_tanh_mlp.py initializer-activation-mismatch 1',
      'exploding_mlp.py exploding-gradient 1',
      'exploding_mlp.py initializer-activation-mismatch 1',
      'keras_deep_sigmoid.py vanishing-gradient 0',
      'keras_deep_sigmoid.py initializer-activation-mismatch 0',
      'relu_mlp_default_deep.py vanishing-gradient 1',
      'relu_mlp_default_deep.py initializer-activation-mismatch 1',
      'selu_mlp.py selu-without-lecun 1',
      'softmax_before_loss.py softmax-before-cross-entropy 1',
    ]);
  });

  it('cut off or garbled anywhere: an answer, never an exception, and spans inside the text', function () {
    this.timeout(30_000);
    const garbled = fc
      .tuple(fc.constantFrom(...texts), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12))
      .chain(([{ text }, share, length]) =>
        fc
          .constantFrom('', '(', ')', '\n', '    ', 'nn.', '0', '-1', '1e400', 'None', '"', 'for', '*', '\u{1F9E0}')
          .map((put) => {
            const at = Math.floor(share * text.length);
            return length === 0 ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + length);
          }),
      );
    fc.assert(
      fc.property(garbled, (text) => {
        for (const { findings } of analyzer.analyze({ file: 'garbled.py', text }).models)
          for (const { span, related, fixes, quantity } of findings) {
            assert.ok(Number.isFinite(quantity.value) || quantity.value === Infinity);
            for (const { start, end } of [span, ...related, ...fixes.flatMap(({ edits }) => edits.map((e) => e.span))])
              assert.ok(0 <= start.offset && start.offset <= end.offset && end.offset <= text.length);
          }
      }),
      { numRuns: 150 },
    );
  });
});
