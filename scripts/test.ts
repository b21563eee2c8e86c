import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Tally } from '../test/tally';
import { runMain } from './command';
import { nativeBackend } from './native';
import { pythonPath } from './python';

/** `npm test`: builds the package, runs every suite to its end whatever the others did, and closes with the total. */

const root = resolve(__dirname, '..');
const mocha = ['--', '--reporter', 'test/tally.ts'];
/** The npm scripts, each of which is a suite, and what mocha is told where it is started by its own command. */
const suites: readonly (readonly [script: string, args: readonly string[]])[] = [
  ['test:unit', mocha],
  ['test:parity', mocha],
  ['test:browser', mocha],
  ['test:integration', []],
  ['test:package', []],
];

async function main(): Promise<void> {
  if ((await npm('package', [])) !== 0) throw new Error('The package could not be built; no test was run.');
  await installed('The native backend', nativeBackend, 'its tests are skipped');
  // Minutes on a new machine, which would count as a test's own time.
  await installed('The frameworks', pythonPath, 'parity with them cannot be tested');
  const total = { passed: 0, failed: 0 };
  const lines: string[] = [];
  for (const [script, args] of suites) {
    console.log(`\n── ${script} ──`);
    const started = Date.now();
    const tally = await runSuite(script, args);
    total.passed += tally.passed;
    total.failed += tally.failed;
    lines.push(`${script.padEnd(18)}${describe(tally)} (${Math.round((Date.now() - started) / 1000)} s)`);
  }
  console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

/** What is slow to set up, before the suites that need it. Where it cannot be had that is said, and what it means. */
async function installed(what: string, install: () => Promise<unknown>, without: string): Promise<void> {
  try {
    await install();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`${what} could not be installed: ${without}. ${reason}`);
  }
}

/** A suite that did not come to its end, or failed without a failed test, counts as one failure more. */
async function runSuite(script: string, args: readonly string[]): Promise<Tally> {
  const file = join(root, 'out', 'tally', `${script.replace(':', '-')}.json`);
  await rm(file, { force: true });
  const code = await npm(script, args, { GRADLENS_TALLY: file });
  const tally = await readTally(file);
  if (tally === undefined) console.error(`${script} did not come to its end.`);
  const { passed, failed, skipped } = tally ?? { passed: 0, failed: 0, skipped: 0 };
  const whole = tally !== undefined && passed + failed > 0 && (code === 0 || failed > 0);
  return { passed, failed: failed + (whole ? 0 : 1), skipped };
}

async function readTally(file: string): Promise<Tally | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Tally;
  } catch {
    return undefined;
  }
}

function describe({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function npm(script: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

runMain(main);
