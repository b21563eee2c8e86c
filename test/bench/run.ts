import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildProgram } from '../../scripts/build';
import { runCommand, runMain } from '../../scripts/command';
import { pythonPath } from '../../scripts/python';

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
  await readCold(join(root, 'out', 'bench', 'reading.js'));
  await npm('test:integration', '--', '--grep', 'activation');
  await runCommand('npx', ['tsx', 'test/bench/probes.ts'], show);
}

/** A library's file with its imports, each time in a process of its own. */
async function readCold(program: string): Promise<void> {
  await buildProgram('test/bench/reading.ts', program);
  const packages = join(dirname(await pythonPath()), '..', 'lib');
  const [version = 'python3'] = await readdir(packages);
  const cold: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < 5; run++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, join(packages, version, 'site-packages')]);
    const { times } = JSON.parse(stdout) as { readonly times: readonly number[] };
    cold.push(times[0] ?? NaN);
    again.push(...times.slice(1));
  }
  const median = (times: number[]): string =>
    (times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN).toFixed(0);
  console.log("timm's vision_transformer.py with what it imports");
  console.log(`  read cold in ${median(cold)} ms (goal: under 100 ms), edited and read again in ${median(again)} ms`);
}

runMain(main);
