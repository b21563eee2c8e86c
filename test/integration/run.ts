import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain } from '../../scripts/command';
import { bundleTests } from './bundle';
import { runSession } from './runSession';

/** `npm run test:integration [-- --grep PATTERN]`: the tests of `suite/` in a real VS Code, on the extension as built. */

const root = resolve(__dirname, '..', '..');

runMain(async () => {
  const { values } = parseArgs({ options: { grep: { type: 'string' } } });
  const tests = join(root, 'out', 'integration', 'suite.js');
  await bundleTests(join(__dirname, 'suite'), tests);
  const env = values.grep === undefined ? {} : { GRADLENS_TEST_GREP: values.grep };
  await runSession({ extension: root, tests, env });
});
