import { BATCH, type Network } from '../../../src/network';
import { forward } from '../../../src/probes/child/forward';
import type { FloatArrays, FloatTensor } from '../../../src/probes/protocol';
import { createReader, diskFiles } from '../../../src/readers';
import { matchCheckpoint, openCheckpoint, openFile, type Checkpoint } from '../../../src/readers/checkpoints';
import { readFileSync } from 'node:fs';
import type { Catalogue, Constructor } from '../zoo/catalogue';
import type { ForwardCase } from './cases';

/** What Python answers for a case: a checkpoint, and a file of inputs and outputs. */
export type Written =
  { readonly weights: string; readonly values: string; readonly outputs: number } | { readonly error: string };

/** Read a case's network from its source, for the shapes of the case's inputs. @throws Error with the notes where there is none */
export async function readNetwork(
  { sitePackages }: Catalogue,
  { file, expression }: Constructor,
  { inputs }: ForwardCase,
): Promise<Network> {
  const reader = await createReader({
    treeSitterWasm: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    pythonWasm: require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
  });
  try {
    const { networks, notes } = reader.read({
      file,
      text: readFileSync(file, 'utf8'),
      files: diskFiles([sitePackages]),
      timeLimit: 10_000,
      model: inInference(expression),
      inputs: inputs.map(({ shape: [first = 0, ...rest] }) => [first === batch ? BATCH : first, ...rest]),
    });
    const [network] = networks;
    if (!network) throw new Error(notes.map(({ message }) => message).join('; '));
    return network;
  } finally {
    reader.dispose();
  }
}

/** GradLens judges models as they are trained; here the branches of inference are followed. */
const inInference = (expression: string): string =>
  `(lambda model: [setattr(one, 'training', False) for one in model.modules()] and model)(${expression})`;

/** Of all cases that have a batch axis in front. */
const batch = 2;

/** The outputs of a network with the weights and the inputs of two files. */
export async function runOnCheckpoint(
  network: Network,
  { weights, values }: { readonly weights: string; readonly values: string },
): Promise<readonly FloatTensor[]> {
  const checkpoint = await openCheckpoint(openFile(weights));
  const given = await openCheckpoint(openFile(values));
  try {
    return await forward(network, await weightsOf(network, checkpoint), await tensorsOf(given, 'input'));
  } finally {
    checkpoint.close();
    given.close();
  }
}

/** Parameters by the checkpoint's match, buffers by their names. */
async function weightsOf(network: Network, checkpoint: Checkpoint): Promise<FloatArrays> {
  const values: Record<string, Float32Array> = {};
  for (const { name } of checkpoint.tensors) values[name] = await floats(checkpoint, name);
  const { matched } = matchCheckpoint(network, checkpoint.tensors);
  for (const { parameter, tensor } of matched) values[parameter] = values[tensor] ?? new Float32Array();
  return values;
}

/** `input0`, `input1`, … */
export async function tensorsOf(file: Checkpoint, kind: 'input' | 'output'): Promise<readonly FloatTensor[]> {
  const found: FloatTensor[] = [];
  for (;;) {
    const info = file.tensors.find(({ name }) => name === `${kind}${found.length}`);
    if (!info) return found;
    found.push({ shape: info.shape, data: await floats(file, info.name) });
  }
}

async function floats(file: Checkpoint, name: string): Promise<Float32Array> {
  const values = await file.values(name);
  return values instanceof Float32Array ? values : Float32Array.from(values, Number);
}

/** The largest difference between two lists of tensors, in units of the largest number; why they do not compare otherwise. */
export function difference(actual: readonly FloatTensor[], expected: readonly FloatTensor[]): number | string {
  if (actual.length < expected.length) return `${actual.length} outputs, not ${expected.length}`;
  let worst = 0;
  for (const [place, { shape, data }] of expected.entries()) {
    const own = actual[place];
    if (own?.shape.join() !== shape.join())
      return `output ${place} is ${own?.shape.join('×') ?? 'missing'}, not ${shape.join('×')}`;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    for (const [at, value] of data.entries()) {
      const off = Math.abs((own.data[at] ?? NaN) - value) / largest;
      if (!(off <= worst)) worst = off;
    }
  }
  return worst;
}
