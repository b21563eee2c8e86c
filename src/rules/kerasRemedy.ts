import type { Activation, Node, SourceSpan, TextEdit } from '../network';
import type { Fix } from './finding';
import { activationName, layersText } from './names';
import type { Remedy } from './remedy';
import type { RuleContext } from './rule';
import { callParts, textOf, withKeyword } from './source';
import { spansOf, type WeightNode } from './structure';

/** What a fix needs of its surroundings. */
export type Surroundings = Pick<RuleContext, 'network' | 'text'>;

/** Initialisers by name, which need no import. */
const named: Readonly<Partial<Record<Activation['kind'], string>>> = {
  relu: 'he_normal',
  relu6: 'he_normal',
  selu: 'lecun_normal',
  tanh: 'glorot_normal',
};

/** The edits that name an initialiser in the calls that make the layers, or put it in the place of another. */
export function kerasInitializationFixes(
  { text }: Surroundings,
  layers: readonly WeightNode[],
  activation: Activation,
  remedy: Remedy | undefined,
): readonly Fix[] {
  const keywords = text === undefined ? undefined : keywordsFor(activation, remedy, text);
  const edits = keywords && editsOf(spansOf(layers), text ?? '', (call) => withKeywords(call, keywords));
  if (!keywords || !edits) return [];
  return [{ title: `${keywords['kernel_initializer'] ?? ''} for ${layersText(layers)}`, edits }];
}

/** ReLU in place of activations that no initialisation can help, with He-normal for the layers around them. */
export function kerasReplacementFixes(
  { network, text }: Surroundings,
  layers: readonly WeightNode[],
  activations: readonly Node[],
): readonly Fix[] {
  const [first] = activations;
  if (text === undefined || first?.op.kind !== 'activation') return [];
  const bounded = new Set(activations.map(({ span }) => span.start.offset));
  const made = new Set(layers.map(({ span }) => span.start.offset));
  const concerned = new Set([...layers, ...activations].map(({ id }) => id));
  // What one call makes may also stand elsewhere, where it is meant.
  const elsewhere = network.nodes.filter(({ id }) => !concerned.has(id));
  if (elsewhere.some(({ op, span }) => op.kind === 'activation' && bounded.has(span.start.offset))) return [];
  const edits = editsOf(spansOf([...layers, ...activations]), text, (call, { start }) => {
    if (!made.has(start.offset)) return withActivation(call);
    const drawn = withKeywords(call, { kernel_initializer: '"he_normal"' });
    return bounded.has(start.offset) && drawn !== undefined ? withKeyword(drawn, 'activation', '"relu"') : drawn;
  });
  if (!edits) return [];
  return [
    { title: `ReLU instead of ${activationName(first.op.activation)}, He-normal for ${layersText(layers)}`, edits },
  ];
}

/** One edit a call, or none where one of them cannot be written. */
function editsOf(
  spans: readonly SourceSpan[],
  text: string,
  change: (call: string, span: SourceSpan) => string | undefined,
): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const span of spans) {
    const newText = change(textOf(span, text), span);
    if (newText === undefined) return undefined;
    edits.push({ span, newText });
  }
  return edits.length === 0 ? undefined : edits;
}

function withKeywords(call: string, keywords: Readonly<Record<string, string>>): string | undefined {
  let result: string | undefined = call;
  for (const [name, value] of Object.entries(keywords))
    result = result === undefined ? undefined : withKeyword(result, name, value);
  return result;
}

function keywordsFor(
  activation: Activation,
  remedy: Remedy | undefined,
  text: string,
): Readonly<Record<string, string>> | undefined {
  const name = named[activation.kind];
  if (name !== undefined && (remedy?.biasDeviation ?? 0) === 0) return { kernel_initializer: `"${name}"` };
  const keras = kerasName(text);
  if (remedy?.gain === undefined || keras === undefined) return undefined;
  const scale = Number((remedy.gain ** 2).toPrecision(6));
  const kernel = `${keras}.initializers.VarianceScaling(${scale}, "fan_avg")`;
  if (remedy.biasDeviation === 0) return { kernel_initializer: kernel };
  return {
    kernel_initializer: kernel,
    bias_initializer: `${keras}.initializers.RandomNormal(stddev=${remedy.biasDeviation})`,
  };
}

/** Under which name the file knows Keras. */
function kerasName(text: string): string | undefined {
  if (/^\s*import keras\s*$/m.test(text) || /^\s*from tensorflow import (.*\W)?keras\b/m.test(text)) return 'keras';
  const tensorflow = /^\s*import tensorflow(?: as (\w+))?\s*$/m.exec(text);
  return tensorflow ? `${tensorflow[1] ?? 'tensorflow'}.keras` : undefined;
}

/** `layers.Activation("sigmoid")` and `layers.Sigmoid()` become ReLU. */
function withActivation(call: string): string | undefined {
  const head = callParts(call)?.head;
  const owner = head?.slice(0, head.lastIndexOf('.') + 1);
  if (head === undefined || owner === undefined) return undefined;
  return /(^|\.)Activation$/.test(head) ? `${head}("relu")` : owner === '' ? undefined : `${owner}ReLU()`;
}
