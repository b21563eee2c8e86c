import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { runMain } from '../../../scripts/command';
import { quickSelection, readCatalogue, type Constructor } from './catalogue';
import { judge, type Judged } from './judge';
import { markdownOf, tableOf } from './report';

/** `npm run parity`: reads every constructor of the catalogue and holds it against what its framework makes. */

const out = resolve(__dirname, '..', '..', '..', 'out', 'parity');

interface Options {
  readonly family?: string;
  readonly only?: string;
  readonly quick?: boolean;
}

function isWanted({ framework, family, id }: Constructor, options: Options): boolean {
  const { family: wantedFamily, only } = options;
  if (wantedFamily !== undefined && wantedFamily !== framework && wantedFamily !== family) return false;
  return only === undefined || id === only || (id.split('/')[1] ?? '') === only;
}

async function main(): Promise<void> {
  const command = new Command('parity')
    .option('--family <name>', 'only of this framework or this family: torchvision, vit, own')
    .option('--only <name>', 'only the constructor of this name')
    .option('--quick', 'only the smallest of every family, and our own models')
    .parse();
  const options = command.opts<Options>();
  const catalogue = await readCatalogue();
  const all = options.quick === true ? quickSelection(catalogue.constructors) : catalogue.constructors;
  const selected = all.filter((one) => isWanted(one, options));
  if (selected.length === 0) throw new Error('There is no such constructor in the catalogue.');

  const judged: Judged[] = [];
  for await (const one of judge(catalogue, selected, options.quick === true ? 2 : 10)) {
    judged.push(one);
    console.log(lineOf(one));
  }
  // What was kept from before came first.
  const places = new Map(selected.map(({ id }, place) => [id, place]));
  judged.sort((a, b) => (places.get(a.constructor.id) ?? 0) - (places.get(b.constructor.id) ?? 0));
  console.log(`\n${tableOf(judged)}`);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'report.json'), JSON.stringify(judged, undefined, 1));
  await writeFile(join(out, 'report.md'), markdownOf(judged));
  console.log(`Reasons and details: ${join(out, 'report.md')}`);
  if (judged.some(({ verdict }) => verdict.kind === 'wrong')) process.exitCode = 1;
}

function lineOf({ constructor: { id }, verdict, milliseconds }: Judged): string {
  const time = `${milliseconds.toFixed(0)} ms`.padStart(8);
  return `${verdict.kind.padEnd(8)}${time}  ${id}${detail(verdict)}`;
}

function detail(verdict: Judged['verdict']): string {
  switch (verdict.kind) {
    case 'exact':
      return '';
    case 'notMade':
      return `: ${verdict.error.trim().split('\n').at(-1) ?? ''}`;
    case 'inPart':
    case 'notRead':
      return `: ${verdict.reasons[0] ?? ''}`;
    case 'wrong':
      return `: ${verdict.errors[0] ?? ''}`;
  }
}

runMain(main);
