import { join, resolve } from 'node:path';
import { buildProgram } from '../../scripts/build';
import { runCommand, runMain } from '../../scripts/command';

/** `npm run bench`: everything that is measured, in one run. Figures are printed, none is a pass mark. */

const root = resolve(__dirname, '../..');

async function main(): Promise<void> {
  const show = { cwd: root, show: true } as const;
  const npm = (...args: readonly string[]) => runCommand('npm', ['run', '--silent', ...args], show);
  await npm('build');
  await runCommand('npx', ['tsx', 'test/bench/bundle.ts'], show);
  // As it is shipped: bundled and minified.
  const analysis = join(root, 'out', 'bench', 'analysis.js');
  await buildProgram('test/bench/analysis.ts', analysis);
  await runCommand(process.execPath, [analysis], show);
  await npm('test:integration', '--', '--grep', 'activation');
  await runCommand('npx', ['tsx', 'test/bench/probes.ts'], show);
}

runMain(main);
