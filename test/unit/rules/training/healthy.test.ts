import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarms, analyzed, withAnalyzer } from './script';

const folder = join(__dirname, 'healthy');

describe('silence on training scripts as people write them', () => {
  withAnalyzer();

  for (const name of readdirSync(folder))
    it(name, () => assert.deepEqual(alarms(readFileSync(join(folder, name), 'utf8')), []));

  it('they are followed, not left out', () => {
    const { findings } = analyzed(
      readFileSync(join(folder, 'mnist_example.py'), 'utf8').replace('        optimizer.zero_grad()\n', ''),
    );
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['missing-zero-grad'],
    );
  });
});
