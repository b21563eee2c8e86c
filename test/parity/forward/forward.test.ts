import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBackend } from '../../../src/probes/child/backend';
import { ProbeError } from '../../../src/probes/failure';
import { openCheckpoint, openFile } from '../../../src/readers/checkpoints';
import { askPython } from '../python';
import { Ratchet } from '../ratchet';
import { readCatalogue, type Catalogue, type Constructor } from '../zoo/catalogue';
import { cases, type ForwardCase } from './cases';
import { difference, readNetwork, runOnCheckpoint, tensorsOf, type Written } from './run';

/** Relative to the largest output. */
const TOLERANCE = 1e-4;

const equal = new Ratchet(join(__dirname, 'equal.json'));

/**
 * A network that is read from source, run on a checkpoint in inference, gives the framework's own outputs. What could not be
 * run before may be refused still, with its reason; but what is computed is right.
 */
describe('networks read from source and run on a checkpoint, against their frameworks', () => {
  let directory: string;
  let catalogue: Catalogue;
  const written = new Map<string, Written>();
  const reached: string[] = [];

  const constructorOf = ({ id }: ForwardCase): Constructor => {
    const constructor = catalogue.constructors.find((one) => one.id === id);
    assert.ok(constructor, `${id} is not in the catalogue`);
    return constructor;
  };

  before(async () => {
    await loadBackend({ GRADLENS_BACKEND: 'wasm' });
    directory = await mkdtemp(join(tmpdir(), 'gradlens-forward-'));
    catalogue = await readCatalogue();
    const requests = cases.map((one) => ({ ...constructorOf(one), inputs: one.inputs }));
    const answers = await askPython<readonly Written[]>('forward/forward.py', { directory, cases: requests });
    for (const [place, { id }] of cases.entries()) written.set(id, answers[place]!);
  });
  after(async () => {
    await rm(directory, { recursive: true });
    equal.reached(reached);
  });

  for (const one of cases)
    it(one.id, async function () {
      const files = written.get(one.id);
      assert.ok(files && 'weights' in files, JSON.stringify(files));
      const network = await readNetwork(catalogue, constructorOf(one), one);
      const outputs = await runOnCheckpoint(network, files).catch((error: unknown) => {
        if (equal.before.has(one.id) || !(error instanceof ProbeError)) throw error;
        return undefined;
      });
      if (!outputs) this.skip();
      const values = await openCheckpoint(openFile(files.values));
      const expected = await tensorsOf(values, 'output');
      values.close();
      assert.equal(expected.length, files.outputs);
      const off = difference(outputs, expected);
      assert.ok(typeof off === 'number' && off <= TOLERANCE, `off by ${off}`);
      reached.push(one.id);
    });
});
