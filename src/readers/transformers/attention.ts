import { isKnown } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import { objectClass } from '../python/library/types';
import { binary } from '../python/operators';
import { bool, float, InstanceValue, int, none, numberOf, tuple, type Call, type Value } from '../python/values';
import { floatLimits } from '../pytorch/functions/dtypes';
import { numberKindOf } from '../pytorch/functions/numberKind';
import { sessionOf } from '../pytorch/session';
import { tensorState } from '../pytorch/tensor';
import { torchModule, torchModules } from '../pytorch/torch';
import { SourceText } from '../text/source';

/** Attention is computed in one of two ways: by the code of the model ("eager"), or by PyTorch's own function, in one of several forms. */
export const eager = 'eager';
const fused = 'sdpa';

const attentionParameters = ['module', 'query', 'key', 'value', 'attention_mask', 'dropout', 'scaling', 'is_causal'];

/**
 * `sdpa_attention_forward`: without a mask, a module that is causal attends to the past only; heads of keys and values that serve
 * several queries are repeated. Gives B×queries×heads×features, and no weights.
 */
const fusedAttention = builtin('sdpa_attention_forward', (call) => {
  const args = new CallArguments(call, attentionParameters);
  const { interpreter } = call;
  const module = args.value('module');
  const given = (name: string): Value => args.get(name) ?? call.keywords.get(name) ?? none;
  if (given('softcap').type !== 'none') return interpreter.unknown('attention', 'with soft caps is not followed');
  const bias = given('position_bias');
  const mask = bias.type === 'none' ? given('attention_mask') : withBias(bias, given('attention_mask'), call);
  const asked = given('is_causal');
  const causal = asked.type === 'none' ? (interpreter.findAttribute(module, 'is_causal') ?? bool(true)) : asked;
  const groups = numberOf(interpreter.findAttribute(module, 'num_key_value_groups')) ?? 1;
  const scaling = given('scaling');
  const keywords: [string, Value][] = [
    ['dropout_p', args.get('dropout') ?? float(0)],
    ['is_causal', mask.type === 'none' ? causal : bool(false)],
    ['enable_gqa', bool(groups > 1)],
  ];
  if (mask.type !== 'none') keywords.push(['attn_mask', mask]);
  if (scaling.type !== 'none') keywords.push(['scale', scaling]);
  const attended = interpreter.call(functional('scaled_dot_product_attention'), {
    positional: ['query', 'key', 'value'].map((name) => args.value(name)),
    keywords: new Map(keywords),
  });
  return tuple([interpreter.apply(interpreter.getAttribute(attended, 'transpose'), int(1), int(2)), none]);
});

const functional = (name: string): Value => torchModules.get('torch.nn.functional')?.get(name) ?? none;

/** A bias that stands for the distance of tokens is added before the softmax, where they may be seen. */
function withBias(bias: Value, mask: Value, { interpreter }: Call): Value {
  if (mask.type === 'none') return bias;
  return numberKindOf(mask, sessionOf(interpreter).trace) === 'bool'
    ? interpreter.apply(torchModule.get('where') ?? none, mask, bias, floatLimits['min'] ?? none)
    : binary(interpreter, '+', bias, mask);
}

/**
 * The functions that compute attention, by the name that a configuration gives: those that are made for special hardware compute what
 * PyTorch's own does.
 */
function attentionFunction(call: Call): Value {
  const [, implementation = none, fallback = none] = call.positional;
  if (implementation.type === 'unknown') return implementation;
  if (implementation.type !== 'str' || implementation.value === eager) return call.keywords.get('default') ?? fallback;
  return fusedAttention;
}

const attentionInterface = builtinClass('AttentionInterface', [objectClass], {
  get_interface: attentionFunction,
  get: attentionFunction,
  __getitem__: attentionFunction,
  __contains__: () => bool(true),
  register: () => none,
});

const nowhere = { source: new SourceText('', ''), start: 0, end: 0 };

export const attentionInterfaces: Readonly<Record<string, Value>> = {
  AttentionInterface: attentionInterface,
  sdpa_attention_forward: fusedAttention,
  ALL_ATTENTION_FUNCTIONS: new InstanceValue(attentionInterface, nowhere),
};

/** The implementation that a model without a wish of its own gets. */
export const implementationOf = (supportsFused: boolean): string => (supportsFused ? fused : eager);

const maskParameters = ['config', 'inputs_embeds', 'attention_mask'];

/** Who may attend to whom. */
interface MaskKind {
  readonly causal: boolean;
  /** The setting that holds how far back a token may look. */
  readonly window?: string;
}

function maskFunction(name: string, kind: MaskKind): Value {
  return builtin(name, (call) => {
    const args = new CallArguments(call, maskParameters);
    const { interpreter } = call;
    const config = args.value('config');
    const embeddings = args.get('inputs_embeds') ?? call.keywords.get('input_embeds') ?? none;
    const other = ['or_mask_function', 'and_mask_function', 'block_sequence_ids'].find(
      (setting) => (call.keywords.get(setting) ?? none).type !== 'none',
    );
    if (other !== undefined) return interpreter.unknown(`${name}(…)`, `depends on \`${other}\`, which is not followed`);
    if (kind.window !== undefined) assumeShort(config, kind.window, embeddings, call);
    const padding = args.get('attention_mask') ?? none;
    const implementation = interpreter.findAttribute(config, '_attn_implementation');
    const isEager = implementation?.type === 'str' && implementation.value === eager;
    // Without padding the functions of PyTorch know by a flag that attention is causal.
    if (padding.type === 'none' && (!kind.causal || !isEager)) return none;
    const allowed = new MaskMaker(interpreter).allowed(kind.causal, padding, embeddings);
    return isEager ? new MaskMaker(interpreter).added(allowed) : allowed;
  });
}

/** Up to the length of its window, attention that looks only so far back looks everywhere. */
function assumeShort(config: Value, setting: string, embeddings: Value, { interpreter, site }: Call): void {
  const window = numberOf(interpreter.findAttribute(config, setting));
  const { trace } = sessionOf(interpreter);
  const length = trace?.shape(embeddings)?.at(1);
  if (window === undefined || !trace || (isKnown(length) && length <= window)) return;
  trace.assume(`Attention is read for sequences of up to ${window} tokens, which is how far it looks back.`, site);
}

/** Computes masks as code of PyTorch would. */
class MaskMaker {
  constructor(private readonly interpreter: Interpreter) {}

  /** True where a query may attend to a key: (batch or 1) × 1 × (queries or 1) × keys. */
  allowed(causal: boolean, padding: Value, embeddings: Value): Value {
    const past = causal ? this.#past(embeddings) : undefined;
    const kept = padding.type === 'none' ? undefined : this.#kept(padding);
    if (past && kept) return this.#call('logical_and', past, kept);
    return past ?? kept ?? none;
  }

  /** The same as numbers to be added before the softmax. */
  added(allowed: Value): Value {
    if (tensorState(allowed) === undefined) return allowed;
    return this.#call('where', allowed, float(0), floatLimits['min'] ?? none);
  }

  #past(embeddings: Value): Value {
    const length = this.#sizeOf(embeddings, 1);
    const { interpreter } = this;
    const ones = interpreter.call(torchModule.get('ones') ?? none, {
      positional: [length, length],
      keywords: new Map([['dtype', torchModule.get('bool') ?? none]]),
    });
    const square = this.#call('tril', ones);
    return this.#method(this.#method(square, 'unsqueeze', int(0)), 'unsqueeze', int(0));
  }

  #kept(padding: Value): Value {
    const rank = sessionOf(this.interpreter).trace?.shape(padding)?.length ?? 2;
    const truth = this.#method(padding, 'to', torchModule.get('bool') ?? none);
    if (rank !== 2) return truth;
    return this.#method(this.#method(truth, 'unsqueeze', int(1)), 'unsqueeze', int(1));
  }

  #sizeOf(tensor: Value, axis: number): Value {
    return this.#method(tensor, 'size', int(axis));
  }

  #method(tensor: Value, name: string, ...given: readonly Value[]): Value {
    return this.interpreter.apply(this.interpreter.getAttribute(tensor, name), ...given);
  }

  #call(name: string, ...given: readonly Value[]): Value {
    return this.interpreter.apply(torchModule.get(name) ?? none, ...given);
  }
}

const maskKinds: Readonly<Record<string, MaskKind>> = {
  create_causal_mask: { causal: true },
  create_bidirectional_mask: { causal: false },
  create_sliding_window_causal_mask: { causal: true, window: 'sliding_window' },
  create_bidirectional_sliding_window_mask: { causal: false, window: 'sliding_window' },
  create_chunked_causal_mask: { causal: true, window: 'attention_chunk_size' },
};

export const maskFunctions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(maskKinds).map(([name, kind]) => [name, maskFunction(name, kind)]),
);
