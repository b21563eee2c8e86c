import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * A model file of `lines` lines as people write them: the examples, one after the other, as often as it takes.
 * Run from the root of the project.
 */
export function modelFile(lines: number): string {
  const directory = resolve('examples');
  const examples = readdirSync(directory)
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8'));
  const parts: string[] = [];
  for (let at = 0; parts.join('\n').split('\n').length < lines; at++) parts.push(examples[at % examples.length] ?? '');
  return parts.join('\n').split('\n').slice(0, lines).join('\n');
}
