import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Ratchet } from '../ratchet';
import { quickSelection, readCatalogue } from './catalogue';
import { judge, type Judged } from './judge';

const exact = new Ratchet(join(__dirname, 'exact.json'));

/**
 * What is understood of real models only grows: of every family the smallest, and all models of our own. Nothing is ever wrong,
 * nothing is called impossible in a model that runs, and what was read exactly still is. `npm run parity` reads all.
 */
describe('constructors read from source, against their frameworks', () => {
  const judged = new Map<string, Judged>();
  before(async function () {
    // A new machine makes every reference first, in some seconds each; they are kept outside the checkout.
    this.timeout(45 * 60_000);
    const catalogue = await readCatalogue();
    for await (const one of judge(catalogue, quickSelection(catalogue.constructors), 2))
      judged.set(one.constructor.id, one);
  });

  it('is never wrong', () => {
    const wrong = [...judged.values()].flatMap(({ constructor: { id }, verdict }) =>
      verdict.kind === 'wrong' ? [`${id}: ${verdict.errors.join('; ')}`] : [],
    );
    assert.deepEqual(wrong, []);
  });

  it('calls nothing impossible that runs', () => {
    const contradicted = [...judged.values()].flatMap(({ constructor: { id }, graph }) =>
      (graph?.contradictions ?? []).map((message) => `${id}: ${message}`),
    );
    assert.deepEqual(contradicted, []);
  });

  for (const id of exact.before)
    it(`${id} is exact`, () => {
      const { verdict } = judged.get(id) ?? {};
      assert.equal(verdict?.kind, 'exact', JSON.stringify(verdict));
    });

  after(() => {
    exact.reached(
      [...judged.values()].flatMap(({ constructor: { id }, verdict }) => (verdict.kind === 'exact' ? [id] : [])),
    );
  });
});
