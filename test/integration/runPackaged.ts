import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runMain } from '../../scripts/command';
import { bundleTests } from './bundle';
import { runSession } from './runSession';

/** `npm run test:package`: the tests of `packaged/` in a real VS Code into which the .vsix was installed as a user would. */

const root = resolve(__dirname, '..', '..');

runMain(async () => {
  const vsix = join(root, 'out', 'gradlens.vsix');
  if (!existsSync(vsix)) throw new Error(`${vsix} does not exist: make it by npm run package.`);
  const tests = join(root, 'out', 'integration', 'packaged.js');
  await bundleTests(join(__dirname, 'packaged'), tests);
  // VS Code runs tests only for an extension under development: an empty one, so that GradLens is the installed one.
  await runSession({ extension: join(__dirname, 'packaged', 'driver'), tests, env: {}, vsix });
});
