import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdits, createAnalyzer, type Analysis, type Analyzer } from '../../../src/analysis';
import { modelRules, type Finding } from '../../../src/rules';
import { sharedReader } from '../readers/support/reader';

/**
 * `models/<rule>/sick*` has the finding of the rule, `models/<rule>/healthy*`, its twin, does not. Every fix of such a finding is proven, and
 * the mended model does not have the finding any more.
 */
const models = join(__dirname, 'models');

/** Rules that the examples show. */
const examples = join(__dirname, '..', '..', '..', 'examples');
const shown: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'vanishing-gradient': { sick: 'deep_tanh_mlp.py', healthy: 'deep_tanh_mlp_fixed.py' },
  'initializer-activation-mismatch': { sick: 'deep_tanh_mlp.py', healthy: 'deep_tanh_mlp_fixed.py' },
};

describe('models of the rules on models', () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
  });

  async function analyze(file: string, text: string): Promise<Analysis> {
    await analyzer.prepare({ file, text });
    return analyzer.analyze({ file, text });
  }
  const findingsOf = (analysis: Analysis, rule: string): readonly Finding[] =>
    analysis.models.flatMap(({ findings }) => findings).filter((finding) => finding.rule === rule);

  for (const { id } of modelRules)
    describe(id, () => {
      const directory = join(models, id);
      const files = existsSync(directory) ? readdirSync(directory).toSorted() : Object.keys(shown[id] ?? {});
      const read = (file: string): string => {
        const example = shown[id]?.[file];
        return readFileSync(example === undefined ? join(directory, file) : join(examples, example), 'utf8');
      };

      it('has a sick model and a healthy twin', () => {
        assert.ok(files.some((file) => file.startsWith('sick')));
        assert.ok(files.some((file) => file.startsWith('healthy')));
      });

      for (const file of files.filter((name) => name.startsWith('sick')))
        it(`${file}: found, and gone after each fix`, async () => {
          const text = read(file);
          const analysis = await analyze(file, text);
          const found = findingsOf(analysis, id);
          assert.ok(found.length > 0, 'the finding');
          for (const { quantity, message } of found) {
            assert.ok(Number.isFinite(quantity.value), 'a number');
            assert.ok(quantity.expected !== '');
            assert.match(message, /\.$/);
          }
          for (const model of analysis.models)
            for (const finding of model.findings.filter(({ rule }) => rule === id))
              for (const fix of finding.fixes) {
                const proven = analyzer.proveFix({ file, text, model, finding, fix });
                assert.ok(proven, `proven: ${fix.title}`);
                const mended = await analyze(file, applyEdits(text, fix.edits));
                assert.ok(findingsOf(mended, id).length < found.length, fix.title);
              }
        });

      for (const file of files.filter((name) => name.startsWith('healthy')))
        it(`${file}: silent`, async () => {
          const { models: healthy, notes } = await analyze(file, read(file));
          assert.ok(healthy.length > 0, 'a model');
          assert.deepEqual(notes, []);
          for (const { network, findings } of healthy) {
            assert.deepEqual(network.notes, []);
            assert.deepEqual(
              findings.filter(({ rule, severity }) => rule === id || severity !== 'information'),
              [],
            );
          }
        });
    });
});
