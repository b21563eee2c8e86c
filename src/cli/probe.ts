import { Command, InvalidArgumentError, Option } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelAnalysis } from '../analysis';
import { shapeText } from '../network';
import type { PanelSnapshot } from '../panels/messages';
import { htmlReport } from '../panels/report';
import { panelSnapshot, type Measured } from '../panels/snapshot';
import { ProbeClient } from '../probes/client';
import { ProbeError } from '../probes/failure';
import { declaredInputShape, knownInputShape, parseInputShape } from '../probes/inputShape';
import type { BackendName, ProbeProgress } from '../probes/protocol';
import { initialProbe } from '../probes/request';
import type { Assets } from './assets';
import { analyzeAndProve, loadAnalyzer } from './engine';
import { CannotDo } from './failure';
import { jsonText } from './formats/json';
import { measuredReport } from './formats/measured';
import { paintFor } from './paint';
import { progressBar } from './progress';
import { project } from './project';
import { importedFiles, importPathOption } from './imports';
import { isExpression } from './modelName';
import { readSources } from './sources';

interface ProbeCommandOptions {
  readonly model?: string;
  readonly input?: string;
  readonly seed: number;
  readonly batch: number;
  readonly backend: BackendName | 'auto';
  readonly probe: 'gradient-norms' | 'jacobian' | 'both';
  readonly format: 'human' | 'json';
  readonly html?: string;
  readonly importPath: readonly string[];
}

/** The exit code of a program that Ctrl-C ended. */
const interrupted = 130;

/** `gradlens probe FILE…`: measures what was predicted, in a child process. */
export function probeCommand(assets: Assets): Command {
  return new Command('probe')
    .description('Build models as their source says, at their initial weights, and measure gradients and Jacobians.')
    .argument(
      '<file...>',
      'files in Python, JavaScript or TypeScript, notebooks, or - for Python on the standard input',
    )
    .option(
      '-m, --model <name>',
      'the class or variable, where a file holds several models, or how it is made: "GPT(dim=256)"',
    )
    .option('-i, --input <sizes>', 'the shape of one input without the batch: 3,32,32')
    .option('-s, --seed <number>', 'draws weights, inputs and targets', wholeNumber(0), 0)
    .option('-b, --batch <number>', 'inputs at a time', wholeNumber(1), 32)
    .addOption(
      new Option('--backend <name>', 'auto takes the best that loads')
        .choices(['auto', 'tensorflow', 'wasm', 'cpu'])
        .default('auto'),
    )
    .addOption(
      new Option('-p, --probe <kind>', 'what to measure')
        .choices(['gradient-norms', 'jacobian', 'both'])
        .default('both'),
    )
    .addOption(
      new Option('-f, --format <format>', 'how numbers are written').choices(['human', 'json']).default('human'),
    )
    .addOption(importPathOption)
    .option('--html <file>', 'write a report with charts, one file that opens without a network')
    .addHelpText(
      'after',
      '\nExit code: 0 measured, 2 could not be done, 130 interrupted.\n' +
        'Examples:\n  gradlens probe model.py\n  gradlens probe resnet.py --input 3,32,32 --html report.html',
    )
    .action(async (files: readonly string[], options: ProbeCommandOptions) => {
      const models = await chosenModels(files, options, assets);
      const client = new ProbeClient({
        program: assets.probeChild,
        ...(options.backend !== 'auto' && { backend: options.backend }),
      });
      const abort = new AbortController();
      const interrupt = (): void => abort.abort();
      process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
      try {
        const snapshots: PanelSnapshot[] = [];
        for (const chosen of models) {
          const snapshot = panelSnapshot(chosen.model, await measure(chosen, options, client, abort.signal));
          snapshots.push(snapshot);
          if (options.format === 'human') showMeasured(snapshot);
        }
        if (options.format === 'json')
          process.stdout.write(jsonText({ tool: 'gradlens', version: project.version, models: snapshots }));
        if (options.html !== undefined) await writeReport(options.html, snapshots, assets);
      } catch (error) {
        if (!abort.signal.aborted) throw error;
        process.stderr.write('Cancelled.\n');
        process.exitCode = interrupted;
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
        await client.dispose();
      }
    });
}

/** A model and the shape of one of its inputs. */
interface Chosen {
  readonly model: ModelAnalysis;
  readonly shape: readonly number[];
}

/** One model of each file. @throws CannotDo where that is not clear, before anything is measured */
async function chosenModels(
  names: readonly string[],
  { model: name, input, importPath }: ProbeCommandOptions,
  assets: Assets,
): Promise<readonly Chosen[]> {
  const sources = await readSources(names, process.stdin);
  const files = importedFiles(importPath);
  const analyzer = await loadAnalyzer(assets);
  const chosen: Chosen[] = [];
  for (const source of sources) {
    const expression = isExpression(name) ? name : undefined;
    const { models } = await analyzeAndProve(analyzer, { ...source, files, expression }, {});
    const model = chooseModel(models, source.file, expression === undefined ? name : undefined);
    chosen.push({ model, shape: inputShape(model, input) });
  }
  return chosen;
}

/** @throws CannotDo where the choice is not one */
function chooseModel(models: readonly ModelAnalysis[], file: string, name: string | undefined): ModelAnalysis {
  const names = models.map(({ network }) => network.name).join(', ');
  const [first, ...others] = name === undefined ? models : models.filter(({ network }) => network.name === name);
  if (models.length === 0) throw new CannotDo(`${file} holds no model that GradLens knows.`);
  if (!first) throw new CannotDo(`${file} holds no model ‘${name ?? ''}’ but: ${names}.`);
  if (name === undefined && others.length > 0)
    throw new CannotDo(`${file} holds ${models.length} models; choose one by --model: ${names}.`);
  return first;
}

/** @throws CannotDo where neither the source nor the user tells it */
function inputShape({ network }: ModelAnalysis, given: string | undefined): readonly number[] {
  const declared = declaredInputShape(network);
  if (given !== undefined) {
    const parsed = parseInputShape(given, declared);
    if ('problem' in parsed) throw new CannotDo(parsed.problem);
    return parsed.shape;
  }
  const known = knownInputShape(network);
  if (known) return known;
  const told = declared ? ` (${shapeText(declared)}, the batch B first)` : '';
  throw new CannotDo(
    `The source does not tell the shape of ${network.name}'s input${told}: give it without the batch, as in --input 3,32,32.`,
  );
}

/** @throws CannotDo where the model cannot be measured */
async function measure(
  { model: { network }, shape }: Chosen,
  { seed, batch, probe }: ProbeCommandOptions,
  client: ProbeClient,
  signal: AbortSignal,
): Promise<Measured> {
  const bar = progressBar(process.stderr);
  const choices = { seed, batch, shape };
  const part = (index: number, name: string) => {
    const count = probe === 'both' ? 2 : 1;
    const onProgress = ({ fraction, message }: ProbeProgress): void =>
      bar.show({ fraction: (index + fraction) / count, message: `${network.name} · ${name}: ${message}` });
    return { signal, onProgress };
  };
  try {
    const gradients =
      probe === 'jacobian'
        ? undefined
        : await client.probe(initialProbe('gradientNorms', network, choices), part(0, 'gradient norms'));
    const spectrum =
      probe === 'gradient-norms'
        ? undefined
        : await client.probe(
            initialProbe('jacobianSpectrum', network, choices),
            part(probe === 'both' ? 1 : 0, 'Jacobian'),
          );
    return { ...(gradients && { gradients }), ...(spectrum && { spectrum }) };
  } catch (error) {
    throw error instanceof ProbeError ? new CannotDo(`${network.name}: ${error.message}`) : error;
  } finally {
    bar.end();
  }
}

function showMeasured(snapshot: PanelSnapshot): void {
  const width = Math.min(process.stdout.columns || 100, 120);
  process.stdout.write(`${measuredReport(snapshot, paintFor(process.stdout), width)}\n`);
}

async function writeReport(file: string, snapshots: readonly PanelSnapshot[], { webview }: Assets): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeFile(file, await htmlReport(snapshots, webview));
  process.stderr.write(`The report is in ${file}: ${pathToFileURL(resolve(file)).href}\n`);
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`A whole number from ${least} up is wanted.`);
    return value;
  };
}
