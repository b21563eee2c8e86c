import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { binary } from '../python/operators';
import { bool, float, InstanceValue, int, none, numberOf, tuple, type Call, type Value } from '../python/values';
import { numberKindOf } from '../pytorch/functions/numberKind';
import { sessionOf } from '../pytorch/session';
import { torchModules } from '../pytorch/torch';
import { MaskMaker } from './attentionMasks';
import { eager } from './implementations';
import { SourceText } from '../text/source';

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
  const asked = given('is_causal');
  const causal = asked.type === 'none' ? (interpreter.findAttribute(module, 'is_causal') ?? bool(true)) : asked;
  const mask = maskOf(given('attention_mask'), given('position_bias'), causal, call, args.value('query'));
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

/** A bias that stands for the distance of tokens is added before the softmax, where tokens may be seen. */
function maskOf(mask: Value, bias: Value, causal: Value, call: Call, query: Value): Value {
  if (bias.type === 'none') return mask;
  const { interpreter } = call;
  const maker = new MaskMaker(interpreter);
  if (mask.type === 'none') {
    const past = interpreter.truth(causal);
    if (typeof past !== 'boolean') return past;
    return past ? maker.chosen(maker.past(query, 2), bias) : bias;
  }
  return numberKindOf(mask, sessionOf(interpreter).trace) === 'bool'
    ? maker.chosen(mask, bias)
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
