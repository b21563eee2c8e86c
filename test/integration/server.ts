import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../scripts/chromium';
import { runCommand } from '../../scripts/command';
import { vscodeServer, type VscodeServer } from '../../scripts/vscode-server';
import type { Photographer, Session, Vscode } from './session';

const viewport = { width: 1400, height: 900 };
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** VS Code's own server, opened in a Chromium without a window. */
export async function serverVscode(): Promise<Vscode> {
  const [server, executablePath] = [await vscodeServer(), await chromiumPath()];
  return {
    name: 'the VS Code server in Chromium',
    run: async (session, signal, ready) => {
      if (session.vsix !== undefined)
        await runCommand(server.node, [
          server.script,
          ...serverOptions(session),
          `--install-extension=${session.vsix}`,
        ]);
      const { child, origin } = await startServer(server, session);
      try {
        const browser = await chromium.launch({ executablePath, args: chromiumArguments, handleSIGINT: false });
        try {
          await openAndRun(await browser.newPage({ viewport }), origin, session, signal, ready);
        } finally {
          await browser.close();
        }
      } finally {
        await endGroup(child);
      }
    },
  };
}

/** The options that hold for the server in all its uses: running and installing extensions. */
function serverOptions({ home, userData, extensions }: Session): string[] {
  return [
    '--accept-server-license-terms',
    `--server-data-dir=${join(home, 'server')}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${extensions}`,
    '--telemetry-level=off',
  ];
}

/** Starts the server on a free port of this machine, as the head of a process group of its own. */
async function startServer(
  { node, script }: VscodeServer,
  session: Session,
): Promise<{ child: ChildProcess; origin: string }> {
  const reach = ['--host=127.0.0.1', '--port=0', '--without-connection-token', '--enable-smoke-test-driver'];
  const child = spawn(node, [script, ...reach, ...serverOptions(session)], {
    detached: true,
    env: { ...process.env, ...session.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(session.home, 'server.log'));
  child.stderr.pipe(log, { end: false });
  const port = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The VS Code server ended with code ${code ?? '?'}.\n${printed}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      printed += text;
      const bound = /agent listening on (\d+)/.exec(printed)?.[1];
      if (bound !== undefined) resolve(bound);
    });
  });
  return { child, origin: `127.0.0.1:${port}` };
}

/** Opens the session's workspace in the page, where VS Code runs the tests, and waits for their end. */
async function openAndRun(
  page: Page,
  origin: string,
  { extension, tests, workspace }: Session,
  signal: AbortSignal,
  ready: (photographer: Photographer) => void,
): Promise<void> {
  const ended = new Promise<number>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The tests were ended before they came to an end.')));
    page.once('close', () => reject(new Error('The page that shows VS Code was closed.')));
    page.once('crash', () => reject(new Error('The page that shows VS Code crashed.')));
    const exit = page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
    exit.catch(reject);
  });
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    if (type === 'error' && process.env['GRADLENS_TEST_VERBOSE'] === '1') console.error('[VS Code]', ...args);
  });
  ready(async (file) => {
    await page.screenshot({ path: file, animations: 'disabled' });
  });
  const remote = (path: string): string => `vscode-remote://${origin}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  await page.goto(`http://${origin}/?${query.toString()}`);
  const code = await ended;
  if (code !== 0) throw new Error(`VS Code ended the tests with code ${code}.`);
}

/** Ends the server and all that it started: politely, then not. */
async function endGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  for (const [signal, patienceMs] of [
    ['SIGTERM', 3000],
    ['SIGKILL', 3000],
  ] as const) {
    const deadline = Date.now() + patienceMs;
    while (signalGroup(pid, signal) && Date.now() < deadline) await sleep(100);
    if (!signalGroup(pid, 0)) return;
  }
}

/** @returns whether there is anyone left in the group */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
