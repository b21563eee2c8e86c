import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests,
  SilentReporter,
} from '@vscode/test-electron';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../../src/probes/native';
import { findProgram, runCommand } from '../../scripts/command';
import type { Vscode } from './session';

/**
 * The desktop VS Code: the one that `GRADLENS_VSCODE` names, an installed one, or one downloaded now.
 * @returns the reason in words where there is none
 */
export async function desktopVscode(): Promise<Vscode | string> {
  const named = process.env['GRADLENS_VSCODE'];
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`GRADLENS_VSCODE names ${named}, which does not exist.`);
    return desktop(named);
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && (DISPLAY ?? WAYLAND_DISPLAY) === undefined) return 'there is no display';
  const installed = installedVscode();
  if (installed !== undefined) return desktop(installed);
  try {
    const cachePath = join(cacheRoot(), 'vscode');
    return desktop(await downloadAndUnzipVSCode({ cachePath, timeout: 15_000, reporter: new SilentReporter() }));
  } catch (error) {
    return `it is not installed and could not be downloaded (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** The program behind the command `code`, which is a script in `bin/` beside it. */
function installedVscode(): string | undefined {
  const command = findProgram(['code']);
  if (command === undefined) return undefined;
  const program = join(dirname(dirname(realpathSync(command))), 'code');
  return existsSync(program) ? program : undefined;
}

function desktop(executable: string): Vscode {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return {
    name: executable,
    run: async ({ extension, tests, workspace, userData, extensions, env, vsix }, signal) => {
      const directories = [`--user-data-dir=${userData}`, `--extensions-dir=${extensions}`];
      if (vsix !== undefined) {
        // The command that the test library gives brings directories of its own, which ours replace.
        const [command = executable] = resolveCliArgsFromVSCodeExecutablePath(executable);
        await runCommand(command, [...directories, ...asRoot, `--install-extension=${vsix}`]);
      }
      const running = runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: extension,
        extensionTestsPath: tests,
        extensionTestsEnv: env,
        launchArgs: [workspace, ...directories, ...asRoot],
      });
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          // What runTests listens to, and then ends VS Code.
          process.emit('SIGINT');
          reject(new Error('The tests were ended before they came to an end.'));
        });
      });
      await Promise.race([running, aborted]);
    },
  };
}
