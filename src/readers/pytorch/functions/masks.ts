import type { NodeId, Shape } from '../../../network';
import type { Value } from '../../python/values';
import { tensorState } from '../tensor';
import type { Trace } from '../trace';
import { compute, traceOf, type Place } from './compute';

/** A tensor that is `scale` with probability `keep`, else 0, each element on its own. */
export interface BernoulliMask {
  readonly keep: number;
  readonly scale: number;
  readonly shape: Shape;
}

/** The mask that a node is, followed back through what it was made by. */
export function maskOf(id: NodeId, trace: Trace): BernoulliMask | undefined {
  const node = trace.builder.node(id);
  const [first] = node?.inputs ?? [];
  const before = first === undefined ? undefined : trace.builder.node(first);
  if (!node || first === undefined || !before) return undefined;
  if (node.op.kind === 'affine' && node.op.offset === 0) {
    const mask = maskOf(first, trace);
    return mask && { ...mask, scale: mask.scale * node.op.factor };
  }
  const uniform = (id: NodeId): boolean => {
    const op = trace.builder.op(id);
    return op?.kind === 'noise' && op.distribution === 'uniform';
  };
  // ⌊u + keep⌋
  if (node.op.kind === 'activation' && node.op.activation.kind === 'floor' && before.op.kind === 'affine') {
    const [noise] = before.inputs;
    const { factor, offset } = before.op;
    const fits = factor === 1 && offset > 0 && offset < 1 && noise !== undefined && uniform(noise);
    return fits && node.shape ? { keep: offset, scale: 1, shape: node.shape } : undefined;
  }
  // u < keep
  if (node.op.kind === 'compare' && (node.op.operator === 'less' || node.op.operator === 'lessEqual')) {
    const [, bound] = node.inputs;
    const op = bound === undefined ? undefined : trace.builder.op(bound);
    const keep = op?.kind === 'constant' && op.content.kind === 'fill' ? op.content.value : undefined;
    return keep !== undefined && uniform(first) && node.shape ? { keep, scale: 1, shape: node.shape } : undefined;
  }
  return undefined;
}

/** x times a mask that drops whole samples is stochastic depth; one that drops elements is dropout. */
export function dropped(x: Value, mask: Value, place: Place): Value | undefined {
  const trace = traceOf(place);
  const [state, other] = [tensorState(mask), tensorState(x)];
  if (!trace || state?.kind !== 'node' || other?.kind !== 'node') return undefined;
  const drawn = maskOf(state.id, trace);
  const shape = trace.shape(x);
  if (!shape || drawn?.shape.length !== shape.length || drawn.keep <= 0) return undefined;
  const wide = drawn.shape.slice(1);
  const variant = wide.every((size) => size === 1)
    ? 'sample'
    : wide.slice(1).every((size) => size === 1) && shape.length > 2
      ? 'channel'
      : 'element';
  const kept = compute({ kind: 'dropout', rate: Number((1 - drawn.keep).toPrecision(12)), variant }, [x], place);
  const factor = drawn.keep * drawn.scale;
  return Math.abs(factor - 1) < 1e-9 ? kept : compute({ kind: 'affine', factor, offset: 0 }, [kept], place);
}
