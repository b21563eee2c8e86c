import { axisOf, isKnown, type Dim, type Node, type NodeId, type Op } from '../../network';
import { lineOf, refuse } from './runnable';

/** What the numbers of an input must be, by how the network uses them. */
export type InputKind =
  | { readonly kind: 'real' }
  /** Whole numbers from 0 up to, and without, `count`. */
  | { readonly kind: 'tokens'; readonly count: number }
  /** A mask, drawn such that nothing is masked: ones, or zeros where it is added to scores. */
  | { readonly kind: 'mask'; readonly open: 0 | 1 };

const tokens = (count: number): InputKind => ({ kind: 'tokens', count });

/**
 * What every input of a network must be: followed back from where whole numbers and conditions are wanted.
 *
 * @throws ProbeError where an input is used as whole numbers whose range cannot be told.
 */
export function inputKinds(nodes: readonly Node[]): ReadonlyMap<NodeId, InputKind> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const wanted = new Map<NodeId, InputKind>();
  for (const node of nodes.toReversed())
    for (const [place, id] of node.inputs.entries()) {
      const kind = demand(node, place, wanted.get(node.id), byId);
      if (kind !== undefined) wanted.set(id, stricter(wanted.get(id), kind));
    }
  const inputs = nodes.filter(({ op }) => op.kind === 'input');
  return new Map(inputs.map(({ id }) => [id, wanted.get(id) ?? { kind: 'real' }]));
}

/** Whole numbers before all else; a mask only where it is nothing but one. */
function stricter(a: InputKind | undefined, b: InputKind): InputKind {
  if (a === undefined) return b;
  if (a.kind === 'tokens' && b.kind === 'tokens') return tokens(Math.min(a.count, b.count));
  const rank = { tokens: 2, real: 1, mask: 0 } as const;
  return rank[a.kind] > rank[b.kind] ? a : b;
}

/** What a node wants of an input, given what is wanted of the node itself; undefined where nothing is. */
function demand(
  node: Node,
  place: number,
  ofNode: InputKind | undefined,
  byId: ReadonlyMap<NodeId, Node>,
): InputKind | undefined {
  const { op } = node;
  switch (op.kind) {
    case 'embedding':
      return tokens(sizeOf(op.vocabulary, node));
    case 'oneHot':
      return tokens(sizeOf(op.classes, node));
    case 'gather':
    case 'takeAlong': {
      if (place === 0) return ofNode;
      const shape = byId.get(node.inputs[0] ?? -1)?.shape;
      const axis = shape && axisOf(op.axis, shape.length);
      return tokens(sizeOf(axis === undefined ? undefined : shape?.[axis], node));
    }
    case 'where':
      return place === 0 ? { kind: 'mask', open: 1 } : ofNode;
    case 'attention':
      return place === 3 ? { kind: 'mask', open: op.mask === 'added' ? 0 : 1 } : { kind: 'real' };
    case 'compare':
      return op.operator === 'and' || op.operator === 'or' ? { kind: 'mask', open: 1 } : undefined;
    case 'noise':
      return undefined;
    case 'activation':
      return ['linear', 'floor', 'round'].includes(op.activation.kind) ? ofNode : { kind: 'real' };
    case 'affine':
    case 'add':
      return ofNode?.kind === 'tokens' ? shifted(node, place, ofNode.count, byId) : { kind: 'real' };
    default:
      return passes.has(op.kind) ? ofNode : { kind: 'real' };
  }
}

/** What gives its elements on as they are. */
const passes: ReadonlySet<Op['kind']> = new Set([
  'identity',
  'stopGradient',
  'dropout',
  'extremum',
  'flatten',
  'reshape',
  'permute',
  'squeeze',
  'unsqueeze',
  'expand',
  'tile',
  'concat',
  'slice',
  'pad',
  'roll',
  'flip',
]);

/** The tokens that stay below `count` when a constant is added to them (the offsets of fields that share a table). */
function shifted(node: Node, place: number, count: number, byId: ReadonlyMap<NodeId, Node>): InputKind {
  const { op } = node;
  if (op.kind === 'affine' && op.factor === 1 && op.offset >= 0) return tokens(count - op.offset);
  const others = node.inputs.filter((_, i) => i !== place).map((id) => largest(byId.get(id)?.op));
  const sum = others.reduce<number | undefined>(
    (total, x) => (total === undefined || x === undefined ? undefined : total + x),
    0,
  );
  if (op.kind !== 'add' || sum === undefined || sum < 0 || sum >= count)
    throw refuse(`the range of the whole numbers in line ${lineOf(node.span)} is not known`, node.span);
  return tokens(count - sum);
}

/** The largest element of a constant. */
function largest(op: Op | undefined): number | undefined {
  if (op?.kind !== 'constant') return undefined;
  const { content, shape } = op;
  switch (content.kind) {
    case 'fill':
      return content.value;
    case 'values':
      return content.values.reduce((a, b) => Math.max(a, b), -Infinity);
    case 'range': {
      const length = shape?.[0];
      if (!isKnown(length)) return undefined;
      return Math.max(content.start, content.start + content.step * (length - 1));
    }
    case 'triangle':
      return Math.max(content.inside, content.outside);
    case 'buffer':
    case 'unknown':
      return undefined;
  }
}

function sizeOf(size: Dim | undefined, node: Node): number {
  if (isKnown(size)) return size;
  throw refuse(`how many numbers line ${lineOf(node.span)} can look up is not known`, node.span);
}
