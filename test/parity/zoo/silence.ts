import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { runMain } from '../../../scripts/command';
import type { Network } from '../../../src/network';
import { judge, type Finding } from '../../../src/rules';
import { propagate, unpredicted, type SignalReport } from '../../../src/theory';

import { readCatalogue, type Constructor } from './catalogue';
import { ConstructorReader } from './readConstructor';

/**
 * `npm run silence`: reads the standard models of torchvision, timm, Keras and transformers, predicts them and judges them. They train well,
 * so that every warning is a false alarm. Prints how many are predicted to the end, where prediction stops, and every warning and error.
 */

const out = resolve(__dirname, '..', '..', '..', 'out', 'silence');

interface Result {
  readonly constructor: Constructor;
  readonly nodes: number;
  /** All outputs have a state; the gradient is followed over the depth. */
  readonly forward: boolean;
  readonly backward: boolean;
  readonly confidence: SignalReport['confidence'] | undefined;
  readonly milliseconds: number;
  /** What is not predicted although all before it is. */
  readonly stops: readonly string[];
  readonly alarms: readonly Finding[];
}

function resultOf(constructor: Constructor, network: Network | undefined): Result {
  const nothing = { constructor, nodes: 0, forward: false, backward: false, confidence: undefined, milliseconds: 0 };
  if (!network) return { ...nothing, stops: ['not read'], alarms: [] };
  const start = performance.now();
  const report = propagate(network);
  const milliseconds = performance.now() - start;
  const stops = unpredicted(network);
  return {
    constructor,
    nodes: network.nodes.length,
    forward: stops.length === 0,
    backward: report.depth !== undefined,
    confidence: report.confidence,
    milliseconds,
    stops: [...new Set(stops.map((id) => network.nodes[id]?.op.kind ?? ''))],
    alarms: judge(network, report).filter(({ severity }) => severity !== 'information'),
  };
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ['framework', 'models', 'forward', 'backward', 'with alarms', 'alarms', 'ms a 1000 nodes'],
    style: { head: [], border: [], compact: true },
  });
  const frameworks = [...new Set(results.map(({ constructor: { framework } }) => framework))];
  for (const framework of [...frameworks, 'all']) {
    const group = results.filter(({ constructor }) => framework === 'all' || constructor.framework === framework);
    const nodes = group.reduce((sum, one) => sum + one.nodes, 0);
    const milliseconds = group.reduce((sum, one) => sum + one.milliseconds, 0);
    table.push([
      framework,
      group.length,
      group.filter(({ forward }) => forward).length,
      group.filter(({ backward }) => backward).length,
      group.filter(({ alarms }) => alarms.length > 0).length,
      group.reduce((sum, { alarms }) => sum + alarms.length, 0),
      ((1000 * milliseconds) / Math.max(1, nodes)).toFixed(1),
    ]);
  }
  return table.toString();
}

function stopsOf(results: readonly Result[]): string {
  const models = new Map<string, string[]>();
  for (const { constructor, stops } of results)
    for (const stop of stops) models.set(stop, [...(models.get(stop) ?? []), constructor.id]);
  return [...models]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([stop, ids]) => `  ${String(ids.length).padStart(4)}  ${stop} (${ids.slice(0, 4).join(', ')})`)
    .join('\n');
}

async function main(): Promise<void> {
  const options = new Command('silence')
    .option('--family <name>', 'only of this framework or this family')
    .option('--own', 'also our own models of test/parity/models, which are not all standard ones')
    .parse()
    .opts<{ family?: string; own?: boolean }>();
  const { constructors, sitePackages } = await readCatalogue();
  const selected = constructors.filter(
    ({ framework, family }) =>
      (options.own === true || framework !== 'own') &&
      (options.family === undefined || options.family === framework || options.family === family),
  );
  const reader = new ConstructorReader(sitePackages);
  const results: Result[] = [];
  try {
    for (const constructor of selected) {
      const result = resultOf(constructor, (await reader.read(constructor))?.network);
      results.push(result);
      for (const { severity, rule, message } of result.alarms)
        console.log(`${severity}  ${constructor.id}  ${rule}: ${message}`);
    }
  } finally {
    await reader.close();
  }
  console.log(`\n${tableOf(results)}\n\nWhere prediction stops, by models:\n${stopsOf(results)}`);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'results.json'), JSON.stringify(results, undefined, 1));
  if (results.some(({ alarms }) => alarms.length > 0)) process.exitCode = 1;
}

runMain(main);
