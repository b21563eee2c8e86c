import { findProgram, runCommand } from './command';

let updated = false;

/**
 * Installs a Debian package where that is possible (as root, with apt-get).
 * @returns whether it was installed; false where this is not Debian or we are not root.
 */
export async function installDebianPackage(name: string): Promise<boolean> {
  if (process.getuid?.() !== 0 || findProgram(['apt-get']) === undefined) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`Installing ${name} by apt-get…`);
  if (!updated) await runCommand('apt-get', ['update', '-qq'], { env });
  updated = true;
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
  return true;
}
