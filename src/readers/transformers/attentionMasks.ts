import { isKnown } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import { float, int, none, numberOf, type Call, type Value } from '../python/values';
import { floatLimits } from '../pytorch/functions/dtypes';
import { sessionOf } from '../pytorch/session';
import { tensorState } from '../pytorch/tensor';
import { torchModule } from '../pytorch/torch';
import { isEager } from './implementations';

/** The functions that say who may attend to whom. */

/** Computes masks as code of PyTorch would. */
export class MaskMaker {
  constructor(private readonly interpreter: Interpreter) {}

  /** 1 × 1 × length × length, true where a query is not before a key; the length is that of an axis of a tensor. */
  past(tensor: Value, axis: number): Value {
    const { interpreter } = this;
    const length = this.#method(tensor, 'size', int(axis));
    const ones = interpreter.call(torchModule.get('ones') ?? none, {
      positional: [length, length],
      keywords: new Map([['dtype', torchModule.get('bool') ?? none]]),
    });
    return this.#twice(this.#function('tril', ones), 0);
  }

  /** Batch × 1 × 1 × keys, true where a token is none that only fills up its row. */
  kept(padding: Value): Value {
    const rank = sessionOf(this.interpreter).trace?.shape(padding)?.length ?? 2;
    const truth = this.#method(padding, 'to', torchModule.get('bool') ?? none);
    if (rank === 3) return this.#method(truth, 'unsqueeze', int(1));
    return rank === 2 ? this.#twice(truth, 1) : truth;
  }

  /** A mask that leaves nothing out, as numbers to be added. */
  zeros(padding: Value): Value {
    return padding.type === 'none' ? none : this.chosen(this.kept(padding), float(0));
  }

  both(a: Value | undefined, b: Value | undefined): Value {
    return a && b ? this.#function('logical_and', a, b) : (a ?? b ?? none);
  }

  /** Numbers before the softmax where attention is allowed, and the least one elsewhere. */
  chosen(allowed: Value, numbers: Value): Value {
    if (tensorState(allowed) === undefined) return allowed;
    return this.#function('where', allowed, numbers, floatLimits['min'] ?? none);
  }

  #twice(tensor: Value, axis: number): Value {
    return this.#method(this.#method(tensor, 'unsqueeze', int(axis)), 'unsqueeze', int(axis));
  }

  #method(tensor: Value, name: string, ...given: readonly Value[]): Value {
    return this.interpreter.apply(this.interpreter.getAttribute(tensor, name), ...given);
  }

  #function(name: string, ...given: readonly Value[]): Value {
    return this.interpreter.apply(torchModule.get(name) ?? none, ...given);
  }
}

/** What one function makes a mask of. */
interface MaskKind {
  readonly parameters: readonly string[];
  readonly causal: boolean;
  /** The setting that holds how far back a token may look. */
  readonly window?: string;
  /** How attention is computed; where it is not said, the configuration tells. */
  readonly eager?: boolean;
}

function maskFunction(name: string, kind: MaskKind): Value {
  return builtin(name, (call) => {
    const args = new CallArguments(call, kind.parameters);
    const { interpreter } = call;
    const other = ['or_mask_function', 'and_mask_function', 'block_sequence_ids'].find(
      (setting) => (call.keywords.get(setting) ?? none).type !== 'none',
    );
    if (other !== undefined) return interpreter.unknown(`${name}(…)`, `depends on \`${other}\`, which is not followed`);
    const embeddings = args.get('inputs_embeds') ?? call.keywords.get('input_embeds') ?? none;
    const config = args.get('config') ?? none;
    if (kind.window !== undefined)
      assumeShort(interpreter.findAttribute(config, kind.window) ?? args.get(kind.window), embeddings, call);
    const padding = args.get('attention_mask') ?? none;
    paddingIsOf(embeddings, padding, call);
    return maskOf(kind, padding, embeddings, kind.eager ?? isEager(config, interpreter), call);
  });
}

/** The mask; none where the functions of PyTorch know by a flag all that it would say. */
function maskOf(
  { causal, eager: asked }: MaskKind,
  padding: Value,
  embeddings: Value,
  eager: boolean,
  call: Call,
): Value {
  const all = padding.type === 'none' || isAllOnes(padding, call);
  if (all && !eager) return none;
  // Who asks for numbers to be added gets some; others look whether there is a mask.
  if (all && !causal) return asked ? new MaskMaker(call.interpreter).zeros(padding) : none;
  const maker = new MaskMaker(call.interpreter);
  const allowed = maker.both(causal ? maker.past(embeddings, 1) : undefined, all ? undefined : maker.kept(padding));
  return eager ? maker.chosen(allowed, float(0)) : allowed;
}

/** A mask that is an input has an element for each token. */
function paddingIsOf(embeddings: Value, padding: Value, { interpreter }: Call): void {
  const { trace } = sessionOf(interpreter);
  const state = tensorState(padding);
  const shape = trace?.shape(embeddings)?.slice(0, 2);
  if (state?.kind === 'node' && trace?.opOf(padding)?.kind === 'input' && shape?.length === 2)
    trace.shapes.set(state.id, shape);
}

/** A mask that the model makes itself where it is given none leaves nothing out. */
function isAllOnes(padding: Value, { interpreter }: Call): boolean {
  const state = tensorState(padding);
  if (state?.kind === 'constant') return state.draw.kind === 'constant' && state.draw.value === 1;
  const op = sessionOf(interpreter).trace?.opOf(padding);
  return op?.kind === 'constant' && op.content.kind === 'fill' && op.content.value === 1;
}

/** Up to the length of its window, attention that looks only so far back looks everywhere. */
function assumeShort(setting: Value | undefined, embeddings: Value, { interpreter, site }: Call): void {
  const window = numberOf(setting);
  const { trace } = sessionOf(interpreter);
  const length = trace?.shape(embeddings)?.at(1);
  if (window === undefined || !trace || (isKnown(length) && length <= window)) return;
  trace.assume(`Attention is read for sequences of up to ${window} tokens, which is how far it looks back.`, site);
}

const ofConfiguration = ['config', 'inputs_embeds', 'attention_mask'];
/** Before version 5. */
const ofLengths = ['attention_mask', 'input_shape', 'inputs_embeds', 'past_key_values_length', 'sliding_window'];
const ofPadding = ['attention_mask', 'dtype', 'tgt_len'];

const kinds: Readonly<Record<string, MaskKind>> = {
  create_causal_mask: { parameters: ofConfiguration, causal: true },
  create_bidirectional_mask: { parameters: ofConfiguration, causal: false },
  create_sliding_window_causal_mask: { parameters: ofConfiguration, causal: true, window: 'sliding_window' },
  create_bidirectional_sliding_window_mask: { parameters: ofConfiguration, causal: false, window: 'sliding_window' },
  create_chunked_causal_mask: { parameters: ofConfiguration, causal: true, window: 'attention_chunk_size' },
  _prepare_4d_attention_mask: { parameters: ofPadding, causal: false, eager: true },
  _prepare_4d_attention_mask_for_sdpa: { parameters: ofPadding, causal: false, eager: false },
  _prepare_4d_causal_attention_mask: { parameters: ofLengths, causal: true, window: 'sliding_window', eager: true },
  _prepare_4d_causal_attention_mask_for_sdpa: {
    parameters: ofLengths,
    causal: true,
    window: 'sliding_window',
    eager: false,
  },
};

export const maskFunctions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [name, maskFunction(name, kind)]),
);

/** `model.get_extended_attention_mask(mask, shape)`: numbers to be added before the softmax. */
export function extendedMask(config: Value, { positional: [, mask = none], interpreter }: Call): Value {
  const decoder = interpreter.findAttribute(config, 'is_decoder');
  const rank = sessionOf(interpreter).trace?.shape(mask)?.length;
  if (decoder?.type === 'bool' && decoder.value && rank !== 3)
    return interpreter.unknown('get_extended_attention_mask(…)', 'of a decoder is not followed');
  const maker = new MaskMaker(interpreter);
  return maker.chosen(maker.kept(mask), float(0));
}
