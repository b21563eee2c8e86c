import { isKnown, type Dim } from '../../../network';
import { fromDim } from '../../frameworks/sizes';
import { ArrayRecording } from '../array';
import { arraysOf, attended, operandsOf, stepShapes } from '../layers/attention';
import { types, unknownSize } from '../layers/define';
import { generalDense } from '../layers/dense';
import { normalisationLayers } from '../layers/normalisation';
import type { Constructed } from '../layers/use';
import { bool, int, none, text, tuple, type Call, type ClassValue, type Value } from '../../python/values';
import { linenClass, linenLayer } from './layer';

const fields = [
  'num_heads',
  'dtype',
  'param_dtype',
  'qkv_features',
  'out_features',
  'broadcast_dropout',
  'dropout_rate',
  'deterministic',
  ...types.slice(2),
  'kernel_init',
  'out_kernel_init',
  'bias_init',
  'out_bias_init',
  'use_bias',
  'attention_fn',
  'decode',
  'normalize_qk',
];

const denseGeneral = linenLayer(generalDense)?.[1];
const layerNorm = normalisationLayers.map(linenLayer).find((made) => made?.[0] === 'LayerNorm')?.[1];

/** A layer of ours under a name of its own, applied. */
function applyNamed(
  cls: ClassValue | undefined,
  name: string,
  settings: ReadonlyMap<string, Value>,
  input: Value,
  { interpreter }: Call,
): Value {
  const layer = cls
    ? interpreter.call(cls, { positional: [], keywords: new Map([...settings, ['name', text(name)]]) })
    : none;
  return interpreter.apply(layer, input);
}

/** Settings that are handed on, under the name that the projection has for them. */
function handedOn({ args }: Constructed, names: Readonly<Record<string, readonly string[]>>): Map<string, Value> {
  const settings = new Map<string, Value>();
  for (const [name, sources] of Object.entries(names)) {
    const given = sources.map((source) => args.get(source)).find((value) => value && value.type !== 'none');
    if (given) settings.set(name, given);
  }
  return settings;
}

function headSize(features: Dim, heads: Dim): Dim {
  return isKnown(features) && isKnown(heads) ? features / heads : unknownSize('the size of a head');
}

function attend(made: Constructed, use: Call): Value {
  const { args, settings, layer } = made;
  const recording = new ArrayRecording(use, true);
  const operands = operandsOf(use);
  const shapes = operands && stepShapes(operands);
  const [query] = shapes ?? [];
  if (!operands || !query)
    return recording.opaque(
      `\`${layer.cls.name}\` over other axes than one of steps is not understood yet.`,
      arraysOf(use),
      `those of \`${layer.cls.name}\``,
    );
  const told = (name: string): Dim => {
    const given = args.get(name);
    return given && given.type !== 'none'
      ? settings.dim(name)
      : (query.at(-1) ?? unknownSize('the number of features'));
  };
  const heads = settings.dim('num_heads');
  const size = headSize(told('qkv_features'), heads);
  const projection = handedOn(made, { kernel_init: ['kernel_init'], bias_init: ['bias_init'], use_bias: ['use_bias'] });
  projection.set('features', tuple([fromDim(heads), fromDim(size)]));
  const names = ['query', 'key', 'value'] as const;
  const projected = names.map((name, at) => applyNamed(denseGeneral, name, projection, operands[at] ?? none, use));
  const [q = none, k = none, v = none] = projected;
  const normalised = (name: string, x: Value): Value =>
    settings.flag('normalize_qk', false)
      ? applyNamed(layerNorm, name, new Map([['use_bias', bool(false)]]), x, use)
      : x;
  const mask = use.keywords.get('mask');
  const dropout = settings.number('dropout_rate', 0);
  const parts = [normalised('query_ln', q), normalised('key_ln', k), v] as const;
  const own = args.get('attention_fn');
  const mixed = own
    ? recording.opaque('An attention with a function of its own is not understood yet.', parts)
    : attended(recording, parts, { mask, dropout });
  const out = handedOn(made, {
    kernel_init: ['out_kernel_init', 'kernel_init'],
    bias_init: ['out_bias_init', 'bias_init'],
    use_bias: ['use_bias'],
  });
  out.set('features', fromDim(told('out_features')));
  out.set('axis', tuple([int(-2), int(-1)]));
  const before = [...query.slice(0, 2), heads, size];
  return applyNamed(
    denseGeneral,
    'out',
    out,
    own ? recording.add({ kind: 'reshape', shape: before }, [recording.natural(mixed)]) : mixed,
    use,
  );
}

/** `SelfAttention(x, mask)`: its second argument is the mask. */
function attendToItself(made: Constructed, use: Call): Value {
  const [x = none, mask] = use.positional;
  const keywords = new Map(use.keywords);
  if (mask) keywords.set('mask', mask);
  return attend(made, { ...use, positional: [x], keywords });
}

export const attentionLayers: Readonly<Record<string, ClassValue>> = {
  MultiHeadDotProductAttention: linenClass('MultiHeadDotProductAttention', fields, { __call__: attend }),
  MultiHeadAttention: linenClass('MultiHeadAttention', fields, { __call__: attend }),
  SelfAttention: linenClass('SelfAttention', fields, { __call__: attendToItself }),
};
