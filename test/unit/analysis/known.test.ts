import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  BaselineError,
  baselineText,
  createAnalyzer,
  mendAll,
  parseBaseline,
  withoutKnown,
  type Analysis,
  type Analyzer,
} from '../../../src/analysis';
import { sharedReader } from '../readers/support/reader';

const examples = resolve(__dirname, '..', '..', '..', 'examples');
const deep = readFileSync(join(examples, 'deep_tanh_mlp.py'), 'utf8');
const rulesOf = ({ models }: Analysis): readonly string[] =>
  models.flatMap(({ findings }) => findings.map(({ rule }) => rule));

describe('what is not told', () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = createAnalyzer(await sharedReader());
  });
  const analyze = (text: string, file = 'model.py'): Analysis => analyzer.analyze({ file, text });

  describe('a comment', () => {
    const marked = (comment: string): string => deep.replace(/^class .*:$/m, (line) => `${line}  ${comment}`);

    it('silences the rules that it names, on its line', () => {
      assert.deepEqual(rulesOf(analyze(marked('# gradlens: ignore[vanishing-gradient]'))), [
        'initializer-activation-mismatch',
      ]);
      assert.equal(rulesOf(analyze(marked('# gradlens: ignore[exploding-gradient]'))).length, 2);
      assert.equal(rulesOf(analyze(marked('# gradlens: ignore'))).length, 1);
    });

    it('alone on a line speaks of the next one', () => {
      const text = deep.replace(/^(?=class )/m, '# gradlens: ignore[identical-units, vanishing-gradient]\n');
      assert.deepEqual(rulesOf(analyze(text)), ['initializer-activation-mismatch']);
    });

    it('in JavaScript', async () => {
      const file = 'tfjs_deep_sigmoid.js';
      const text = readFileSync(join(examples, file), 'utf8');
      await analyzer.prepare({ file, text });
      const [finding] = analyze(text, file).models[0]?.findings ?? [];
      assert.ok(finding);
      const silenced = text
        .split('\n')
        .map((line, index) =>
          index === finding.span.start.line ? `${line} // gradlens: ignore[${finding.rule}]` : line,
        )
        .join('\n');
      assert.ok(!rulesOf(analyze(silenced, file)).includes(finding.rule));
    });

    it('of a rule that there is not is told, with its place', () => {
      const { notes } = analyze(marked('# gradlens: ignore[vanishing-grad]'));
      assert.match(notes[0]?.message ?? '', /no rule ‘vanishing-grad’/);
      assert.equal(
        notes[0]?.span.start.line,
        deep.split('\n').findIndex((line) => line.startsWith('class ')),
      );
    });
  });

  describe('a baseline', () => {
    const baseline = parseBaseline(baselineText([], String));
    it('holds what was found, and silences it also at another line, but not in another file or of other layers', () => {
      const known = parseBaseline(baselineText([analyze(deep)], (file) => `src/${file}`));
      assert.equal(known.findings.length, 2);
      const moved = analyze(`import os\n\n${deep}`);
      assert.deepEqual(rulesOf(withoutKnown(moved, known, 'src/model.py')), []);
      assert.equal(rulesOf(withoutKnown(moved, known, 'src/other.py')).length, 2);
      assert.equal(rulesOf(withoutKnown(moved, baseline, 'src/model.py')).length, 2);
      const deeper = analyze(deep.replace('range(depth - 2)', 'range(depth + 8)'));
      assert.notDeepEqual(deeper.models[0]?.network.parameters.length, moved.models[0]?.network.parameters.length);
      assert.equal(rulesOf(withoutKnown(deeper, known, 'src/model.py')).length, 2);
    });

    it('that is none is refused with the reason', () => {
      for (const [text, reason] of [
        ['{', /not JSON/],
        ['[]', /no list of findings/],
        ['{"findings": []}', /version 1/],
        ['{"version": 1, "findings": [{"rule": 3}]}', /finding 1/],
      ] as const)
        assert.throws(
          () => parseBaseline(text),
          (error) => error instanceof BaselineError && reason.test(error.message),
        );
    });
  });

  describe('all fixes', () => {
    it('are applied one upon the other until no warning is left, each with its change', () => {
      const sick = `${deep}\n\n${readFileSync(join(examples, 'exploding_mlp.py'), 'utf8')}`;
      const { text, applied, stopped } = mendAll(analyzer, { file: 'model.py', text: sick }, { patience: 60_000 });
      assert.deepEqual(rulesOf(analyze(text)), []);
      assert.equal(applied.length, 2);
      for (const { fix } of applied) assert.match(fix.title, /gradient over depth \S+ → \S+/);
      assert.equal(stopped, false);
    });

    it('stop when time is up, and leave what is known', () => {
      const source = { file: 'model.py', text: deep };
      const late = mendAll(analyzer, source, { patience: -1 });
      assert.deepEqual([late.text, late.applied.length, late.stopped], [deep, 0, true]);
      const known = parseBaseline(baselineText([analyze(deep)], String));
      const left = mendAll(analyzer, source, {
        patience: 60_000,
        leave: (analysis) => withoutKnown(analysis, known, 'model.py'),
      });
      assert.equal(left.text, deep);
    });
  });
});
