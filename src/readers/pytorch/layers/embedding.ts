import { isKnown, type Dim } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtin } from '../../python/classes';
import { none, numberOf, type ClassValue, type Value } from '../../python/values';
import { unknownDraw, type Draw } from '../draw';
import { fromDim } from '../../frameworks/sizes';
import { tensorState } from '../tensor';
import { viewOf } from '../views';
import { drawOf } from '../initialise';
import { redrawn } from '../region';
import { layerClass, withMembers, type LayerDefinition, type LayerForward, type LayerSetup } from './define';

const standardNormal: Draw = { kind: 'normal', mean: 0, std: 1 };

/** A table of rows: N(0, 1), and zeros in the row of the padding; or what it is given. */
function table({ settings, parameter, attribute }: LayerSetup): { readonly vocabulary: Dim; readonly features: Dim } {
  const given = viewOf(tensorState(settings.args.get('_weight')));
  const vocabulary = given?.shape?.[0] ?? settings.dim('num_embeddings');
  const features = given?.shape?.[1] ?? settings.dim('embedding_dim');
  const padding = settings.args.get('padding_idx') ?? none;
  attribute('num_embeddings', fromDim(vocabulary));
  attribute('embedding_dim', fromDim(features));
  attribute('padding_idx', fromEnd(padding, vocabulary));
  parameter(
    'weight',
    'embedding',
    [vocabulary, features],
    // As a linear layer that shares the table has it: a score a row.
    ['out', 'in'],
    given ? drawOf(settings.args.get('_weight')) : withZeroRow([vocabulary, features], padding),
  );
  return { vocabulary, features };
}

/** A row that is counted from the back, counted from the front. */
function fromEnd(row: Value, vocabulary: Dim): Value {
  const place = numberOf(row);
  return place !== undefined && place < 0 && isKnown(vocabulary) ? { type: 'int', value: place + vocabulary } : row;
}

function withZeroRow(shape: readonly [Dim, Dim], padding: Value): Draw {
  const row = numberOf(fromEnd(padding, shape[0]));
  if (padding.type === 'none') return standardNormal;
  if (row === undefined) return unknownDraw('the row of its padding is not known');
  return redrawn(standardNormal, shape, [{ axis: 0, start: row, end: row + 1 }], { kind: 'constant', value: 0 });
}

const limited = (value: Value | undefined): boolean => value !== undefined && value.type !== 'none';

const embedding: LayerDefinition = {
  name: 'Embedding',
  parameters: [
    'num_embeddings',
    'embedding_dim',
    'padding_idx',
    'max_norm',
    'norm_type',
    'scale_grad_by_freq',
    'sparse',
    '_weight',
    '_freeze',
    'device',
    'dtype',
  ],
  make: (setup) => {
    const { vocabulary, features } = table(setup);
    const bounded = limited(setup.settings.args.get('max_norm'));
    return ({ path, opaque, computed, add, x }) => {
      const weight = path('weight');
      const rows = weight === undefined ? computed('weight') : undefined;
      if (rows) return add({ kind: 'gather', axis: 0 }, [rows, x]);
      if (bounded) return opaque('An Embedding with `max_norm` changes its own weight.');
      return weight === undefined
        ? opaque('The weight of this Embedding is not a parameter.')
        : { kind: 'embedding', vocabulary, features, weight };
    };
  },
};

/** `from_pretrained(table)`: a layer of this class around a table that there is. */
function pretrained(cls: () => ClassValue): Value {
  return builtin('from_pretrained', (call) => {
    const args = new CallArguments(call, ['embeddings', 'freeze', 'padding_idx', 'max_norm']);
    const keywords = new Map<string, Value>([['_weight', args.value('embeddings')]]);
    for (const name of ['padding_idx', 'max_norm', 'mode'])
      keywords.set(name, args.get(name) ?? call.keywords.get(name) ?? none);
    return call.interpreter.call(cls(), { positional: [], keywords });
  });
}

const bag: LayerDefinition = {
  name: 'EmbeddingBag',
  parameters: [
    'num_embeddings',
    'embedding_dim',
    'max_norm',
    'norm_type',
    'scale_grad_by_freq',
    'mode',
    'sparse',
    '_weight',
    'include_last_offset',
    'padding_idx',
    'device',
    'dtype',
  ],
  make: (setup) => {
    const { vocabulary, features } = table(setup);
    const given = setup.settings.args.get('mode');
    const mode = given && given.type !== 'none' ? setup.settings.text('mode', 'mean') : 'mean';
    const special = ['max_norm', 'padding_idx'].some((name) => limited(setup.settings.args.get(name)));
    return bagged(vocabulary, features, mode, special);
  },
};

/** Bags that are rows of the input are an embedding and a reduction. */
function bagged(vocabulary: Dim, features: Dim, mode: string, special: boolean): LayerForward {
  return ({ path, opaque, add, arguments: given, trace, x }) => {
    const weight = path('weight');
    const args = given(['input', 'offsets', 'per_sample_weights']);
    const plain = !special && !limited(args.get('offsets')) && !limited(args.get('per_sample_weights'));
    const rank = trace.shape(x)?.length;
    if (weight === undefined || !plain || rank !== 2 || (mode !== 'mean' && mode !== 'sum' && mode !== 'max'))
      return opaque('The bags of this EmbeddingBag are not followed.');
    const rows = add({ kind: 'embedding', vocabulary, features, weight });
    return add({ kind: 'reduce', how: mode, axes: [1], keepDims: false }, [rows]);
  };
}

const embeddingClass = withMembers(layerClass(embedding), { from_pretrained: pretrained(() => embeddingClass) });
const bagClass = withMembers(layerClass(bag), { from_pretrained: pretrained(() => bagClass) });

export const embeddingClasses: Readonly<Record<string, ClassValue>> = {
  Embedding: embeddingClass,
  EmbeddingBag: bagClass,
};
