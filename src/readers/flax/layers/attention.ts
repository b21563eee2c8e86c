import type { Op, Shape } from '../../../network';
import type { Step } from '../../kerasLayers/graph';
import { shapeOf, symbolic, tensorsIn } from '../../keras/tensor';
import { none, type Call, type Value } from '../../python/values';
import type { Recording } from '../../keras/recording';

/** What is attended to, before heads are taken: query, key and value as they are given. */
export function operandsOf(use: Call): readonly [Value, Value, Value] | undefined {
  const at = (place: number, name: string): Value | undefined => {
    const value = use.positional[place] ?? use.keywords.get(name);
    return value && (symbolic(value) ?? shapeOf(value)) ? value : undefined;
  };
  const query = at(0, 'inputs_q');
  if (!query) return undefined;
  const key = at(1, 'inputs_k') ?? at(1, 'inputs_kv') ?? query;
  return [query, key, at(2, 'inputs_v') ?? key];
}

/** Whether a mask is the lower triangle: what comes later is not seen. */
function isCausal({ op }: Step): boolean {
  return (
    op.kind === 'constant' &&
    op.content.kind === 'triangle' &&
    op.content.side === 'lower' &&
    op.content.diagonal === 0 &&
    op.content.inside === 1
  );
}

/** softmax(Q Kᵀ/√d) V of arrays of batch × steps × heads × features. */
export function attended(
  recording: Recording,
  heads: readonly [Value, Value, Value],
  { mask = none, dropout = 0 }: { readonly mask?: Value | undefined; readonly dropout?: number },
): Value {
  if (heads.some((head) => shapeOf(head)?.length !== 4))
    return recording.opaque('Attention over other axes than one of steps is not understood yet.', heads);
  const swapped = (x: Step): Step => recording.step({ kind: 'permute', axes: [0, 2, 1, 3] }, [x]);
  const parts = heads.map((head) => swapped(recording.natural(head)));
  const given = mask.type === 'none' ? undefined : recording.natural(mask);
  const causal = given !== undefined && isCausal(given);
  const masked = given !== undefined && !causal;
  const op: Op = { kind: 'attention', causal, dropout, mask: masked ? 'boolean' : 'none' };
  const result = recording.step(op, masked ? [...parts, given] : parts);
  return recording.tensor(swapped(result));
}

/** Batch × steps × features: the shapes of which the projections of an attention are made. */
export function stepShapes(operands: readonly Value[]): readonly Shape[] | undefined {
  const shapes = operands.map(shapeOf);
  const known = shapes.flatMap((shape) => (shape?.length === 3 ? [shape] : []));
  return known.length === shapes.length ? known : undefined;
}

export const arraysOf = (use: Call): readonly Value[] => tensorsIn([...use.positional, ...use.keywords.values()]);
