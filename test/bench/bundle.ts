import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Sizes of what is shipped. Goal: the extension's bundle (and the engine that it loads) under 600 kB, without the child. */

const dist = join(__dirname, '../../dist');
const kilobytes = (file: string): string => `${(statSync(join(dist, file)).size / 1000).toFixed(0)} kB`.padStart(9);

console.log('Bundles (goal: extension.js with engine.js under 600 kB)');
for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort())
  if (statSync(join(dist, file)).isFile()) console.log(`  ${kilobytes(file)}  ${file}`);
