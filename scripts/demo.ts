import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain } from './command';

/** `npm run demo`: builds, checks and probes `examples/`, and says where to look further. Needs Node and npm only, and no network. */

const root = resolve(__dirname, '..');
const report = join('out', 'demo', 'report.html');

async function main(): Promise<void> {
  heading('Building');
  await run(process.execPath, ['--import', 'tsx', join('scripts', 'build.ts')], [0]);
  heading('What GradLens says of the examples, from their source alone');
  // Findings are what the examples are for: exit code 1.
  await gradlens(['check', 'examples'], [0, 1]);
  heading('A deep tanh network and its mended twin, measured');
  const models = ['deep_tanh_mlp.py', 'deep_tanh_mlp_fixed.py'].map((name) => join('examples', name));
  await gradlens(['probe', ...models, '--backend', 'wasm', '--html', report], [0]);
  heading('Where to look further');
  console.log(`The same with charts, in a browser:
    ${pathToFileURL(join(root, report)).href}
In VS Code, with lenses, problems, quick fixes and the panel (or open this folder and press F5):
    code --extensionDevelopmentPath="${root}" "${join(root, 'examples')}" "${join(root, models[0] ?? '')}"
On your own model:
    node dist/cli.js check path/to/model.py`);
}

function heading(text: string): void {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}\n`);
}

/** Runs the command line as a user would, and shows how. */
async function gradlens(args: readonly string[], codes: readonly number[]): Promise<void> {
  console.log(`$ gradlens ${args.join(' ')}\n`);
  await run(process.execPath, [join('dist', 'cli.js'), ...args], codes);
}

/** @throws Error where the program ends with another exit code than these */
function run(program: string, args: readonly string[], codes: readonly number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code !== null && codes.includes(code)) resolve();
      else reject(new Error(`${args.join(' ')} ended with ${signal ?? `exit code ${String(code)}`}.`));
    });
  });
}

runMain(main);
