import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a start of VS Code for tests is asked for. */
export interface Start {
  /** The extension that VS Code loads from source. */
  readonly extension: string;
  /** The bundle of tests; exports `run()`. */
  readonly tests: string;
  /** The environment of VS Code and so of its extension host. */
  readonly env: Record<string, string>;
  /** A package that is installed first. */
  readonly vsix?: string;
}

/** One start of VS Code for tests, with directories of its own. */
export interface Session extends Start {
  /** A fresh directory that holds all the others and is removed at the end. */
  readonly home: string;
  /** A copy of the examples, which the tests may change. */
  readonly workspace: string;
  readonly userData: string;
  readonly extensions: string;
}

/** Takes a picture of the window into this file. */
export type Photographer = (file: string) => Promise<void>;

/** A VS Code that can run a session. It ends when `signal` says so and leaves no process behind. */
export interface Vscode {
  /** Which VS Code this is, in words. */
  readonly name: string;
  /** Runs the session's tests to their end. `ready` is given what takes pictures, where that is possible. */
  run(session: Session, signal: AbortSignal, ready: (photographer: Photographer) => void): Promise<void>;
}

/** Nothing that asks, greets, updates or talks to others: the window holds what the tests are about. */
const settings = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // In a browser VS Code saves after a second: what a test has typed would be there for the next one.
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Fresh directories for one start of VS Code, with a copy of `examples` as the workspace. */
export async function prepare(start: Start, examples: string): Promise<Session> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'gradlens-')));
  const [workspace, userData, extensions] = [join(home, 'examples'), join(home, 'user'), join(home, 'extensions')];
  await cp(examples, workspace, { recursive: true });
  await mkdir(join(userData, 'User'), { recursive: true });
  await mkdir(extensions);
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(settings));
  return { ...start, home, workspace, userData, extensions };
}

/** Removes what the session wrote. */
export function cleanUp({ home }: Session): Promise<void> {
  return rm(home, { recursive: true, force: true, maxRetries: 5 });
}
