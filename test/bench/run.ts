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
  const packages = await sitePackages();
  // As it is shipped: bundled and minified.
  const analysis = join(root, 'out', 'bench', 'analysis.js');
  await buildProgram('test/bench/analysis.ts', analysis);
  await runCommand(process.execPath, [analysis, join(packages, 'torchvision', 'models', 'densenet.py')], show);
  await runCommand('npx', ['tsx', 'test/bench/theory.ts'], show);
  const reading = join(root, 'out', 'bench', 'reading.js');
  await buildProgram('test/bench/reading.ts', reading);
  console.log("timm's vision_transformer.py with what it imports (goal: under 100 ms cold)");
  await readCold('as the first file that a process reads', reading, packages);
  await readCold('by a process that has read others', reading, packages, 'beit.py', 'resnet.py', 'eva.py');
  await npm('test:integration', '--', '--grep', 'activation');
  await runCommand('npx', ['tsx', 'test/bench/probes.ts'], show);
}

async function sitePackages(): Promise<string> {
  const packages = join(dirname(await pythonPath()), '..', 'lib');
  const [version = 'python3'] = await readdir(packages);
  return join(packages, version, 'site-packages');
}

/** A library's file with its imports, each time in a process of its own. */
async function readCold(how: string, program: string, ...args: readonly string[]): Promise<void> {
  const cold: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < 5; run++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    const [first = NaN, ...others] = JSON.parse(stdout) as readonly number[];
    cold.push(first);
    again.push(...others);
  }
  const median = (times: number[]): string =>
    (times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN).toFixed(0);
  console.log(`  ${how}: ${median(cold)} ms; edited and read again ${median(again)} ms`);
}

runMain(main);
