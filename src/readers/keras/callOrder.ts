import { InstanceValue } from '../python/values';
import type { Owner, Step } from '../kerasLayers/graph';

/** One call of a layer, or of a function outside of every layer: what Keras calls a node. */
type Node = object;

interface Calls {
  /** The calls that each call takes tensors from, in the order of its arguments. */
  readonly sources: ReadonlyMap<Node, readonly Node[]>;
  readonly layers: ReadonlyMap<Node, InstanceValue>;
}

function outermostCall(owner: Owner): Owner {
  return owner.outer ? outermostCall(owner.outer) : owner;
}

function nodeOf({ origin }: Step): Node {
  return origin.owner ? outermostCall(origin.owner) : origin;
}

function callsOf(steps: readonly Step[], inputs: ReadonlySet<Step>): Calls {
  const sources = new Map<Node, Node[]>();
  const layers = new Map<Node, InstanceValue>();
  for (const step of steps) {
    if (inputs.has(step)) continue;
    const node = nodeOf(step);
    const layer = step.origin.owner && outermostCall(step.origin.owner).layer;
    if (layer instanceof InstanceValue) layers.set(node, layer);
    const known = sources.get(node) ?? [];
    for (const input of step.inputs) if (!inputs.has(input) && nodeOf(input) !== node) known.push(nodeOf(input));
    sources.set(node, known);
  }
  return { sources, layers };
}

/**
 * The layers of a graph in the order of `model.layers`: by their distance from the outputs, the farthest first, and among equals as
 * a search from the outputs meets them (`map_graph` of keras/src/ops/function.py).
 */
export function layersInOrder(
  steps: readonly Step[],
  inputs: ReadonlySet<Step>,
  outputs: readonly Step[],
): readonly InstanceValue[] {
  const { sources, layers } = callsOf(steps, inputs);
  const operation = (node: Node): object => layers.get(node) ?? node;
  const ends = outputs.filter((output) => !inputs.has(output)).map(nodeOf);
  const { finished, met } = searched(ends, sources, operation);
  const depths = new Map<Node, number>();
  const operationDepths = new Map<object, number>();
  for (const node of finished.toReversed()) {
    const own = operation(node);
    const depth = Math.max(depths.get(node) ?? 0, operationDepths.get(own) ?? 0);
    operationDepths.set(own, depth);
    depths.set(node, depth);
    for (const source of sources.get(node) ?? []) depths.set(source, Math.max(depth + 1, depths.get(source) ?? 0));
  }
  return [...new Set(layers.values())].sort(
    (a, b) => (operationDepths.get(b) ?? 0) - (operationDepths.get(a) ?? 0) || (met.get(a) ?? 0) - (met.get(b) ?? 0),
  );
}

/** Depth first from the outputs: the calls as they are finished, and when each operation is first met. */
function searched(
  ends: readonly Node[],
  sources: Calls['sources'],
  operation: (node: Node) => object,
): { readonly finished: readonly Node[]; readonly met: ReadonlyMap<object, number> } {
  const finished: Node[] = [];
  const seen = new Set<Node>();
  const met = new Map<object, number>();
  // With a stack of our own: networks are deeper than ours.
  const stack = ends.map((at) => ({ at, done: false })).reverse();
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { at, done } = top;
    if (done) finished.push(at);
    if (done || seen.has(at)) continue;
    seen.add(at);
    const own = operation(at);
    if (!met.has(own)) met.set(own, met.size);
    stack.push({ at, done: true });
    for (const source of (sources.get(at) ?? []).toReversed()) stack.push({ at: source, done: false });
  }
  return { finished, met };
}
