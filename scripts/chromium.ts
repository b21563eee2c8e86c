import { existsSync } from 'node:fs';
import { installDebianPackage } from './apt';
import { findProgram } from './command';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium: `GRADLENS_CHROMIUM`, one on the PATH, or (as root on Debian) one installed now. */
export async function chromiumPath(): Promise<string> {
  const named = process.env['GRADLENS_CHROMIUM'];
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Error(`GRADLENS_CHROMIUM names ${named}, which does not exist.`);
  }
  const found = findProgram(names) ?? ((await installDebianPackage('chromium')) ? findProgram(names) : undefined);
  if (found !== undefined) return found;
  throw new Error('No Chromium was found: install it (Debian: apt-get install chromium) or set GRADLENS_CHROMIUM.');
}
