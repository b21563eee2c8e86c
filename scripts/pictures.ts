import { copyFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { installDebianPackage } from './apt';
import { findProgram, runCommand, runMain } from './command';

/** `npm run pictures`: the README's pictures, made small from those that the last integration run took in VS Code. */

const root = resolve(__dirname, '..');
const chosen = {
  lenses: 'lenses-problems-dark',
  hover: 'hover-class-dark',
  fix: 'fixes-dark',
  panel: 'panel-dark',
  'what-if': 'what-if-dark',
} as const;

async function main(): Promise<void> {
  const target = join(root, 'media', 'pictures');
  await mkdir(target, { recursive: true });
  if (findProgram(['pngquant']) === undefined) await installDebianPackage('pngquant');
  const pngquant = findProgram(['pngquant']);
  for (const [name, taken] of Object.entries(chosen)) {
    const from = join(root, 'out', 'pictures', `${taken}.png`);
    const to = join(target, `${name}.png`);
    if (pngquant === undefined) await copyFile(from, to);
    else await runCommand(pngquant, ['--force', '--strip', '--quality', '60-90', '64', '--output', to, from]);
  }
  if (pngquant === undefined)
    console.log('The pictures were copied as they are: pngquant, which makes them small, is missing.');
}

runMain(main);
