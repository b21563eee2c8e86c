import type { Dim, Op } from '../../../network';
import type { Value } from '../../python/values';
import { tensorState } from '../tensor';
import { numberKindOf } from '../functions/numberKind';
import type { LayerUse } from './define';

/** A mask as the operation of attention takes it: added to the scores, or one whose zeros are left out. */
export interface Mask {
  readonly kind: 'added' | 'boolean';
  readonly value: Value;
}

/** What the module is called with. Unlike the operation's, its truth values say what is left out. */
export interface GivenMasks {
  readonly attention: Value | undefined;
  readonly keys: Value | undefined;
  readonly heads: Dim;
}

const given = (value: Value | undefined): value is Value => value !== undefined && value.type !== 'none';

/** −∞ (or true) over the diagonal, and nothing elsewhere: what comes later is not seen. */
export function isCausal(use: LayerUse, mask: Value | undefined): boolean {
  const op = opOf(use, mask);
  if (op?.kind !== 'constant' || op.content.kind !== 'triangle') return false;
  const { side, diagonal, inside, outside } = op.content;
  const [hidden, shown, edge] = side === 'upper' ? [inside, outside, diagonal] : [outside, inside, diagonal + 1];
  return edge === 1 && shown === 0 && (hidden === -Infinity || hidden === 1);
}

function opOf({ trace, site }: LayerUse, value: Value | undefined): Op | undefined {
  return value && tensorState(value) ? trace.builder.op(trace.node(value, site)) : undefined;
}

/** The masks of one call, joined. Axes: batch, heads, queries, keys. */
export function attentionMask(use: LayerUse, { attention, keys, heads }: GivenMasks): Mask | undefined {
  const scores = given(attention) ? overHeads(use, attention, heads) : undefined;
  const padding = given(keys) ? overQueries(use, keys) : undefined;
  if (!scores || !padding) return scores ?? padding;
  return { kind: 'added', value: use.add({ kind: 'add' }, [added(use, scores), added(use, padding)]) };
}

function overHeads(use: LayerUse, mask: Value, heads: Dim): Mask {
  const shape = use.trace.shape(mask);
  const [batch, ...rest] = shape ?? [];
  // B·heads matrices, or one for all.
  const spread =
    shape?.length === 3 && batch !== undefined
      ? use.add({ kind: 'reshape', shape: [-1, heads, ...rest] }, [mask])
      : mask;
  return withKind(use, spread, mask, 'added');
}

/** B×keys: the same for every head and query. */
function overQueries(use: LayerUse, mask: Value): Mask {
  const wide = use.add({ kind: 'unsqueeze', axis: 1 }, [use.add({ kind: 'unsqueeze', axis: 1 }, [mask])]);
  return withKind(use, wide, mask, 'boolean');
}

/** Truth values, turned into those of the operation; or what is added. @param fallback what it is taken for where that is not known */
function withKind(use: LayerUse, value: Value, mask: Value, fallback: Mask['kind']): Mask {
  const numbers = numberKindOf(mask, use.trace);
  const kind = numbers === undefined ? fallback : numbers === 'bool' ? 'boolean' : 'added';
  if (numbers === undefined)
    use.trace.assume(
      `This mask is taken for one that ${kind === 'added' ? 'is added to the scores' : 'says by truth values what is left out'}.`,
      use.site,
    );
  return kind === 'added'
    ? { kind, value }
    : { kind, value: use.add({ kind: 'affine', factor: -1, offset: 1 }, [value]) };
}

/** −∞ where it is left out. */
export function added(use: LayerUse, { kind, value }: Mask): Value {
  if (kind === 'added') return value;
  const fill = (number: number): Value =>
    use.add({ kind: 'constant', shape: [], content: { kind: 'fill', value: number } }, []);
  return use.add({ kind: 'where' }, [value, fill(0), fill(-Infinity)]);
}
