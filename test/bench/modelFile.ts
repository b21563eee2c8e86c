import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * A model file of `lines` lines as people write them: the imports at its top, then the PyTorch models of the examples, one after the other, as often
 * as it takes. Run from the root of the project.
 */
export function modelFile(lines: number): string {
  const directory = resolve('examples');
  const examples = readdirSync(directory)
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((example) => example.some((line) => /^(import|from) torch\b/.test(line)));
  const isImport = (line: string): boolean => /^(import|from) /.test(line);
  const file = [...new Set(examples.flat().filter(isImport))];
  // What an example says of itself at its top stands above its model.
  const bodies = examples.map((example) =>
    example.filter((line) => !isImport(line)).map((line) => line.replace(/^"""(.*)"""$/, '# $1')),
  );
  for (let at = 0; file.length < lines; at++) file.push('', ...(bodies[at % bodies.length] ?? []));
  return file.slice(0, lines).join('\n');
}
