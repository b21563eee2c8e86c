import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { installDebianPackage } from './apt';
import { cached } from './cache';
import { environmentOutsideNpm, runCommand, runMain } from './command';

const codeServer = '4.139.1';
const node = '24.21.0';
/** What the npm package `node` would fetch: the program and its headers. */
const nodePackage = `node-${process.platform}-${process.arch}`;

/** VS Code's own server: a program (Node 24) and the script that it runs. */
export interface VscodeServer {
  readonly node: string;
  readonly script: string;
}

/**
 * VS Code's server as the npm package `code-server` ships it (4.139.1 is VS Code 1.139), with the Node that it wants.
 * It is installed outside the checkout; the first time takes about three minutes, for its native addons are compiled.
 */
export async function vscodeServer(): Promise<VscodeServer> {
  const script = join('node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
  const directory = await cached({ name: 'vscode-server', version: codeServer, proof: script, build: install });
  return { node: nodeIn(directory), script: join(directory, script) };
}

async function install(directory: string): Promise<void> {
  console.log(`Installing the VS Code server (code-server ${codeServer}): about three minutes, once…`);
  if (process.platform === 'linux' && !existsSync('/usr/include/gssapi/gssapi.h'))
    if (!(await installDebianPackage('libkrb5-dev')))
      throw new Error(
        'The VS Code server is compiled with gssapi.h: install it (Debian: apt-get install libkrb5-dev).',
      );
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }));
  const install = ['install', '--no-fund', '--no-audit', '--loglevel=error'];
  const outside = environmentOutsideNpm();
  await runCommand('npm', [...install, `${nodePackage}@${node}`], { cwd: directory, env: outside });

  // Its addons are compiled for the Node that will load them: that Node runs npm and lends its headers.
  const env = {
    ...outside,
    PATH: `${dirname(nodeIn(directory))}${delimiter}${outside['PATH'] ?? ''}`,
    npm_config_nodedir: join(directory, 'node_modules', nodePackage),
    npm_config_unsafe_perm: 'true',
  };
  await runCommand('npm', [...install, `code-server@${codeServer}`], { cwd: directory, env });
}

function nodeIn(directory: string): string {
  return join(directory, 'node_modules', nodePackage, 'bin', 'node');
}

if (require.main === module)
  runMain(async () => {
    console.log((await vscodeServer()).script);
  });
