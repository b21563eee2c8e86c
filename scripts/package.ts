import { createVSIX } from '@vscode/vsce';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runMain } from './command';

/** Packs `dist/` into `out/gradlens.vsix`: bundles and wasm files, no `node_modules`. */

const root = resolve(__dirname, '..');

async function main(): Promise<void> {
  await mkdir(join(root, 'out'), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: join(root, 'out', 'gradlens.vsix'),
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}

runMain(main);
