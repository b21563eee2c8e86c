import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Shows the command's output as it comes; else it is kept and told only in the error. */
  readonly show?: boolean;
}

/** Runs a program to its end and gives its standard output. Throws with the last lines it printed where it fails. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { timeoutMs, show = false, ...where } = options;
    const child = spawn(file, args, {
      ...where,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    let stdout = '';
    let both = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      both += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (both += text));
    child.on('error', (error) => reject(new Error(`${file} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(stdout);
        return;
      }
      const how = signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
      const tail = both.trimEnd().split('\n').slice(-15).join('\n');
      reject(new Error(`${[file, ...args].join(' ')} ${how}.${tail && `\n${tail}`}`));
    });
  });
}

/** The environment without what an outer `npm run` says of its own Node and package, which an inner npm would believe. */
export function environmentOutsideNpm(): NodeJS.ProcessEnv {
  const outer =
    /^(npm_(package|lifecycle|node|execpath|command)|npm_config_(user_agent|engine_strict|local_prefix)$|NODE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
}

/** The absolute path of the first of these programs that is on the PATH. */
export function findProgram(names: readonly string[]): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const name of names)
    for (const directory of directories) if (existsSync(join(directory, name))) return join(directory, name);
  return undefined;
}

/** Runs the `main` of a script: an error becomes its message and exit code 1. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
