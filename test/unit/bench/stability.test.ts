import assert from 'node:assert/strict';
import { readLabels } from '../../bench/stability/labels';
import { readZoo } from '../../bench/stability/readings';
import { trainees } from '../../bench/stability/trainees';
import { casesOf, scoreOf, type Case } from '../../bench/stability/score';

/** What has been reached on the models of the stability bench is kept. Nothing is trained: labels are what was measured once. */
describe('the stability bench', () => {
  let cases: readonly Case[];
  before(async function () {
    this.timeout(60_000);
    cases = casesOf(await readZoo(), readLabels('labels.json'));
  });

  it('is labelled as its texts stand', () => {
    const labels = readLabels('labels.json');
    const stale = trainees().filter(({ id, version }) => labels[id]?.version !== version);
    assert.deepEqual(
      stale.map(({ id }) => id),
      [],
      'npm run bench:stability -- --label',
    );
  });

  it('has at least half healthy models, and enough that fail', () => {
    for (const half of ['tuning', 'heldOut'] as const) {
      const own = cases.filter((one) => one.half === half);
      const { failing, healthy } = scoreOf(own);
      assert.ok(healthy >= own.length / 2, `${half}: ${healthy} of ${own.length}`);
      assert.ok(failing >= 25, `${half}: ${failing}`);
    }
  });

  for (const [half, reached] of Object.entries({
    tuning: { recall: 0.94, falseAlarms: 0, blame: 0.99 },
    heldOut: { recall: 0.84, falseAlarms: 2, blame: 0.96 },
  }))
    it(`is told as well as it was, ${half}`, () => {
      const { failing, found, falseAlarms, alarms, rightlyBlamed } = scoreOf(cases.filter((one) => one.half === half));
      assert.ok(found / failing >= reached.recall, `recall ${found} of ${failing}`);
      assert.ok(falseAlarms <= reached.falseAlarms, `${falseAlarms} false alarms`);
      assert.ok(rightlyBlamed / alarms >= reached.blame, `${rightlyBlamed} of ${alarms} alarms blame the right layers`);
    });
});
