import {
  BATCH,
  inferShape,
  isKnown,
  type Dim,
  type Network,
  type Node,
  type NodeId,
  type Op,
  type OpKind,
  type Shape,
} from '../../network';

/** The part of a network that the solving of inputs looks at. */
export type Graph = Pick<Network, 'nodes' | 'inputs'>;

/** What the first layers tell of an input. */
interface Told {
  features?: Shape;
  channels?: Dim;
  space?: number;
}

/** What comes out has the axes that go in, as far as the next layer asks. */
const passing: ReadonlySet<OpKind> = new Set([
  'batchNorm',
  'groupNorm',
  'localResponseNorm',
  'pool',
  'adaptivePool',
  'upsample',
  'reshape',
  'activation',
  'softmax',
  'dropout',
  'flatten',
  'affine',
  'scale',
  'add',
  'multiply',
  'identity',
]);

function told(op: Op, known: Told): void {
  switch (op.kind) {
    case 'linear':
      known.features ??= [op.inFeatures];
      break;
    case 'layerNorm':
      known.features ??= op.normalizedShape;
      break;
    case 'conv':
    case 'convTranspose':
      known.channels ??= op.inChannels;
      known.space ??= op.kernel.length;
      break;
    case 'batchNorm':
    case 'groupNorm':
      known.channels ??= op.channels;
      break;
    case 'pool':
      known.space ??= op.kernel.length;
      break;
    case 'adaptivePool':
      known.space ??= op.output.length;
      break;
    case 'reshape':
      if (op.shape.length === 2 && isKnown(op.shape[1]) && op.shape[1] > 0) known.features ??= [op.shape[1]];
      break;
    default:
      break;
  }
}

const spaceNames = [['L'], ['H', 'W'], ['D', 'H', 'W']] as const;

/**
 * The shape of an input, from the first layers that it meets: `Linear` tells the features, `Conv2d` the channels and the number
 * of axes. Undefined where they do not tell.
 */
export function solveInput(graph: Graph, input: NodeId): Shape | undefined {
  const known: Told = {};
  const seen = new Set<NodeId>([input]);
  // Nodes come in topological order: one pass meets every consumer after what it consumes.
  for (const node of graph.nodes) {
    if (!node.inputs.some((id) => seen.has(id))) continue;
    const { op } = node;
    told(op, known);
    if (passing.has(op.kind)) seen.add(node.id);
    if (known.space !== undefined && known.channels !== undefined) break;
    if (known.features && known.space === undefined) break;
  }
  if (known.space !== undefined)
    return [
      BATCH,
      known.channels ?? { symbol: 'C' },
      ...(spaceNames[known.space - 1] ?? []).map((symbol) => ({ symbol })),
    ];
  if (known.features) return [BATCH, ...known.features];
  return known.channels === undefined ? undefined : [BATCH, known.channels];
}

/** Sides of pictures that people train on; they are tried before all others. */
const usualSides = [28, 32, 64, 96, 128, 224, 227, 256, 299, 384, 512];
const largestSide = 320;

/** A side length that makes all sizes fit, and the layer that asks for it. */
export interface SolvedSide {
  readonly side: number;
  readonly node: Node;
}

/**
 * Where a flattened picture meets a `Linear` of a known size, the side of a square picture can be solved for. Undefined where
 * nothing depends on it, or nothing fits.
 */
export function solveSide(graph: Graph, input: NodeId): SolvedSide | undefined {
  const shape = graph.nodes[input]?.shape;
  const open = shape?.slice(1).flatMap((size) => (isKnown(size) ? [] : [size.symbol])) ?? [];
  if (!shape || open.length === 0 || open.length > 3 || shape.length < 4) return undefined;
  const asking = graph.nodes.find((node) => asksForSide(graph, node, open));
  if (!asking) return undefined;
  const every = Array.from({ length: largestSide }, (_, index) => index + 1);
  const side = [...usualSides, ...every].find((candidate) => fits(graph, input, fill(shape, candidate)));
  return side === undefined ? undefined : { side, node: asking };
}

export function fill(shape: Shape, side: number): Shape {
  return shape.map((size, axis) => (axis === 0 || isKnown(size) ? size : side));
}

function asksForSide(graph: Graph, { op, inputs }: Node, open: readonly string[]): boolean {
  if (op.kind !== 'linear' || !isKnown(op.inFeatures)) return false;
  const last = inputs[0] === undefined ? undefined : graph.nodes[inputs[0]]?.shape?.at(-1);
  return last !== undefined && !isKnown(last) && open.some((symbol) => last.symbol.includes(symbol));
}

function fits(graph: Graph, input: NodeId, shape: Shape): boolean {
  const shapes: (Shape | undefined)[] = [];
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') {
      shapes.push(node.id === input ? shape : node.shape);
      continue;
    }
    const result = inferShape(
      node.op,
      node.inputs.map((id) => shapes[id]),
    );
    if (result.kind === 'contradiction') return false;
    shapes.push(result.shape);
  }
  return true;
}
