import { Argument, Command, Option } from 'commander';
import { createReader } from '../readers';
import {
  CheckpointError,
  matchCheckpoint,
  measureTensor,
  openCheckpoint,
  openFile,
  type Checkpoint,
  type CheckpointMatch,
} from '../readers/checkpoints';
import type { Assets } from './assets';
import { timeLimit } from './engine';
import { CannotDo } from './failure';
import { humanWeights, jsonWeights, type MatchedModel, type MeasuredTensor } from './formats/weights';
import { paintFor } from './paint';
import { project } from './project';
import { importedFiles, importPathOption } from './imports';
import { isExpression } from './modelName';
import { readSources } from './sources';

interface WeightsOptions {
  readonly format: 'human' | 'json';
  readonly model?: string;
  readonly statistics?: boolean;
  readonly importPath: readonly string[];
}

/** `gradlens weights CHECKPOINT [MODEL.py]`: what a checkpoint holds, and whether it fits a model. */
export function weightsCommand(assets: Assets): Command {
  return new Command('weights')
    .description(
      'List the tensors of a checkpoint, and match them to a model. Nothing is executed, whatever the file holds.',
    )
    .addArgument(
      new Argument(
        '<checkpoint>',
        'a file of PyTorch, safetensors, Keras, NumPy, ONNX or TensorFlow.js, or an index of shards',
      ),
    )
    .addArgument(new Argument('[model.py]', 'the Python file of the model that the weights are for, or -'))
    .option(
      '-m, --model <name>',
      'the model to match where the file has several, or how it is made: "resnet18(num_classes=10)"; by default the one that fits best',
    )
    .option('-s, --statistics', 'read all values: mean, standard deviation and range of each tensor')
    .addOption(new Option('-f, --format <format>', 'how it is written').choices(['human', 'json']).default('human'))
    .addOption(importPathOption)
    .addHelpText(
      'after',
      '\nExit code: 0 all fits, 1 something does not match or loading would run code, 2 could not be done.\n' +
        'Examples:\n  gradlens weights model.safetensors --statistics\n  gradlens weights last.ckpt model.py --model ResNet',
    )
    .action(async (path: string, source: string | undefined, options: WeightsOptions) => {
      const checkpoint = await asCannotDo(path, () => openCheckpoint(openFile(path), { worker: assets.hdf5Worker }));
      try {
        const model = source === undefined ? undefined : await matchedModel(checkpoint, source, options, assets);
        const tensors = await asCannotDo(path, () => measured(checkpoint, options.statistics === true));
        const write = options.format === 'json' ? jsonWeights : humanWeights;
        const paint = paintFor(process.stdout);
        process.stdout.write(write({ version: project.version, checkpoint, tensors, model }, paint));
        process.exitCode = runsCode(checkpoint) || (model !== undefined && !fits(model.match)) ? 1 : 0;
      } finally {
        checkpoint.close();
      }
    });
}

async function measured(checkpoint: Checkpoint, read: boolean): Promise<readonly MeasuredTensor[]> {
  const tensors: MeasuredTensor[] = [];
  for (const tensor of checkpoint.tensors)
    tensors.push(read ? { ...tensor, statistics: await measureTensor(checkpoint.pieces(tensor.name)) } : tensor);
  return tensors;
}

/** The named model of the file, or the one that fits best. */
async function matchedModel(
  { tensors }: Checkpoint,
  file: string,
  { model: wanted, importPath }: WeightsOptions,
  { treeSitterWasm, pythonWasm }: Assets,
): Promise<MatchedModel> {
  const [source] = await readSources([file], process.stdin);
  if (source === undefined) throw new CannotDo(`${file} holds no Python file.`);
  const reader = await createReader({ treeSitterWasm, pythonWasm });
  const model = isExpression(wanted) ? wanted : undefined;
  const { networks, notes } = reader.read({ ...source, model, files: importedFiles(importPath), timeLimit });
  reader.dispose();
  const names = networks.map((network) => `‘${network.name}’`).join(', ');
  if (networks.length === 0) throw new CannotDo(notes[0]?.message ?? `${source.file} has no model.`);
  const name = model === undefined ? wanted : undefined;
  const candidates = networks.filter((network) => name === undefined || network.name === name);
  const models = candidates.map((network) => ({ network, match: matchCheckpoint(network, tensors) }));
  const [first, ...others] = models;
  if (first === undefined) throw new CannotDo(`There is no model ‘${name ?? ''}’ in ${source.file}, but ${names}.`);
  return others.reduce((best, next) => (score(next) > score(best) ? next : best), first);
}

/** What found each other, less what did not: a small part of a model fits well, and is not what a checkpoint is of. */
function score({ match: { matched, mismatched, missing, unexpected } }: MatchedModel): number {
  return matched.length - mismatched.length - missing.length - unexpected.length;
}

function fits({ mismatched, missing, unexpected }: CheckpointMatch): boolean {
  return mismatched.length + missing.length + unexpected.length === 0;
}

function runsCode({ notes }: Checkpoint): boolean {
  return notes.some(({ kind }) => kind === 'code');
}

async function asCannotDo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CheckpointError) throw new CannotDo(`${path}: ${error.message}.`);
    throw error;
  }
}
