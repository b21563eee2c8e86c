import {
  BATCH,
  evaluateSize,
  isKnown,
  product,
  type Dim,
  type Network,
  type Node,
  type NodeId,
  type Op,
  type OpKind,
  type Shape,
} from '../../network';
import { askedSizes } from './asked';

/** The part of a network that the solving of inputs looks at. */
export type Graph = Pick<Network, 'nodes' | 'inputs'> & {
  /** What the code says of the number of axes of tensors, by node. */
  readonly ranks: ReadonlyMap<NodeId, number>;
  /** What the code says of the shapes of inputs. */
  readonly shapes: ReadonlyMap<NodeId, Shape>;
};

/** What the first layers tell of an input. */
interface Told {
  features?: Shape;
  channels?: Dim;
  space?: number;
  rank?: number;
  tokens?: true;
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
  'stopGradient',
  'where',
  'compare',
]);

function told(node: Node, graph: Graph, known: Told): void {
  const { op } = node;
  const rank = graph.ranks.get(node.id);
  if (rank !== undefined) known.rank ??= rank;
  switch (op.kind) {
    case 'linear':
      known.features ??= [op.inFeatures];
      break;
    case 'layerNorm':
      known.features ??= op.normalizedShape;
      break;
    case 'conv':
    case 'dynamicConv':
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
    case 'embedding':
      known.tokens ??= true;
      break;
    case 'recurrent':
      known.features ??= [op.inputSize];
      known.rank ??= 3;
      break;
    case 'permute':
      known.rank ??= op.axes.length;
      break;
    case 'add':
    case 'multiply':
    case 'where':
      broadcastWith(node, graph, known);
      break;
    case 'reshape':
      reshapedTo(op.shape, known);
      break;
    default:
      break;
  }
}

/** A table of positions has an axis in the place of the batch. */
function broadcastWith({ inputs }: Node, { nodes }: Graph, known: Told): void {
  for (const id of inputs) {
    const other = nodes[id];
    const last = other?.shape?.at(-1);
    if (!other?.shape || other.op.kind === 'input' || other.shape.length < 2) continue;
    if (other.shape[0] === 1) known.rank ??= other.shape.length;
    if (isKnown(last) && last > 1) known.features ??= [last];
  }
}

/** `x.view(-1, 784)`, `x.view(B, 1, 28, 28)`: so many elements a sample. */
function reshapedTo([first, ...rest]: readonly Dim[], known: Told): void {
  const sample = product(rest);
  const isBatch = first === -1 || (first !== undefined && !isKnown(first));
  if (isBatch && rest.length > 0 && sample !== undefined && sample > 0) known.features ??= [sample];
}

/** What the operations that an input meets tell of it, up to those that tell enough. */
function toldBy(graph: Graph, input: NodeId): Told {
  const known: Told = {};
  const rank = graph.ranks.get(input);
  if (rank !== undefined) known.rank = rank;
  const seen = new Set<NodeId>([input]);
  // Nodes come in topological order: one pass meets every consumer after what it consumes.
  for (const node of graph.nodes) {
    if (!node.inputs.some((id) => seen.has(id))) continue;
    told(node, graph, known);
    if (passing.has(node.op.kind)) seen.add(node.id);
    if (known.space !== undefined && known.channels !== undefined) break;
    if (known.tokens || (known.features && known.space === undefined)) break;
  }
  return known;
}

/** Whether the beginning of a graph tells all that the whole will tell of an input: of images and sequences in channels. */
export function isDecided(graph: Graph, input: NodeId): boolean {
  const { space, channels } = toldBy(graph, input);
  return space !== undefined && channels !== undefined;
}

const spaceNames = [['L'], ['H', 'W'], ['D', 'H', 'W']] as const;
const axisNames: readonly (readonly string[])[] = [
  [],
  [],
  ['N'],
  ['T', 'C'],
  ['C', 'H', 'W'],
  ['C', 'D', 'H', 'W'],
  ['T', 'C', 'D', 'H', 'W'],
];

/**
 * The shape of an input, from the first operations that it meets: `Linear` tells the features, `Conv2d` the channels and the number of
 * axes, an embedding that it holds tokens. Undefined where they do not tell.
 */
export function guessShape(graph: Graph, input: NodeId): Shape | undefined {
  const said = graph.shapes.get(input);
  if (said) return said;
  const known = toldBy(graph, input);
  const place = graph.inputs.indexOf(input);
  const named = (symbols: readonly string[]): Dim[] =>
    symbols.map((symbol) => ({ symbol: place > 0 ? `${symbol}${place + 1}` : symbol }));
  const space = known.space === undefined ? undefined : named(spaceNames[known.space - 1] ?? []);
  if (space) return [BATCH, known.channels ?? { symbol: 'C' }, ...space];
  if (known.tokens)
    return known.rank === 1 ? [BATCH] : [BATCH, ...named(['T', ...(axisNames[known.rank ?? 2] ?? []).slice(1)])];
  if (known.rank !== undefined) return ofRank(known, known.rank, named);
  if (known.features) return [BATCH, ...known.features];
  return known.channels === undefined ? undefined : [BATCH, known.channels];
}

function ofRank({ features, channels }: Told, rank: number, named: (symbols: readonly string[]) => Dim[]): Shape {
  const names = named(axisNames[rank] ?? Array.from({ length: Math.max(0, rank - 1) }, (_, at) => `N${at + 1}`));
  if (channels !== undefined && names.length > 0) names[0] = channels;
  const last = features && features.length < rank ? features : [];
  return rank === 0 ? [] : [BATCH, ...names.slice(0, names.length - last.length), ...last];
}

/** A shape of so many axes, for an input of which nothing else is known. */
export function shapeOfRank(graph: Graph, input: NodeId, rank: number): Shape {
  const place = graph.inputs.indexOf(input);
  return ofRank({}, rank, (symbols) =>
    symbols.map((symbol) => ({ symbol: place > 0 ? `${symbol}${place + 1}` : symbol })),
  );
}

/** The names of sizes that stand in the shapes of inputs. */
function namesOf({ nodes, inputs }: Graph): ReadonlySet<string> {
  const shapes = inputs.flatMap((input) => nodes[input]?.shape ?? []);
  return new Set(shapes.flatMap((size) => (isKnown(size) || size.symbol === BATCH.symbol ? [] : [size.symbol])));
}

/** What operations ask of the very sizes of inputs: `C` must be 48. */
export function boundSizes(graph: Graph): ReadonlyMap<string, number> {
  const names = namesOf(graph);
  const bound = new Map<string, number>();
  for (const { got, wanted } of askedSizes(graph.nodes)) {
    if (isKnown(got) || !isKnown(wanted)) continue;
    // `64·C` must be 192: C is 3.
    const [, factor = '1', name = ''] = /^(?:(\d+)·)?([^·]+)$/.exec(got.symbol) ?? [];
    const size = wanted / Number(factor);
    if (names.has(name) && !bound.has(name) && Number.isInteger(size)) bound.set(name, size);
  }
  return bound;
}

export function withSizes(shape: Shape, sizes: ReadonlyMap<string, number>): Shape {
  return shape.map((size) => (isKnown(size) ? size : (sizes.get(size.symbol) ?? size)));
}

/** Sides of pictures that people train on; they are tried before all others. */
export const usualSides = [28, 32, 64, 96, 128, 224, 227, 256, 299, 384, 512];
const largestSide = 320;

/** A side length that makes all sizes fit, and the layer that asks for it. */
export interface SolvedSide {
  readonly side: number;
  readonly node: Node;
  readonly wanted: number;
  /** What the side is that of: the axes of a picture, or one length. */
  readonly names: readonly string[];
}

/**
 * Where a size that depends on the side of a picture (or on the length of a sequence) must be a known one, it can be solved for.
 * Undefined where nothing depends on it, or nothing fits.
 */
export function solveSide(graph: Graph): SolvedSide | undefined {
  const names = [...namesOf(graph)].filter((name) => /^[HWDL]\d*$/.test(name));
  if (names.length === 0) return undefined;
  const bind = (side: number): ReadonlyMap<string, number> => new Map(names.map((name) => [name, side]));
  const asked = askedSizes(graph.nodes).filter(({ got }) => evaluateSize(got, bind(64)) !== undefined);
  const [first] = asked;
  if (!first || !isKnown(first.wanted)) return undefined;
  const fits = (side: number): boolean => {
    const bindings = bind(side);
    return asked.every(({ got, wanted }) => evaluateSize(got, bindings) === wanted) && leavesSomething(graph, bindings);
  };
  const every = Array.from({ length: largestSide }, (_, index) => index + 1);
  const side = [...usualSides, ...every].find(fits);
  return side === undefined ? undefined : { side, node: first.node, wanted: first.wanted, names };
}

function leavesSomething({ nodes }: Graph, bindings: ReadonlyMap<string, number>): boolean {
  return nodes.every(({ shape }) => shape?.every((size) => (evaluateSize(size, bindings) ?? 1) >= 1) !== false);
}

/** Operations of a graph that nobody understands. */
export function opaqueCount({ nodes }: Pick<Graph, 'nodes'>): number {
  return nodes.filter(({ op }: { readonly op: Op }) => op.kind === 'opaque').length;
}
