import { isKnown, sameDim, type Dim, type Node, type Op, type Shape } from '../../network';

/** Two sizes that an operation needs to be the same. */
export interface Asked {
  readonly got: Dim;
  readonly wanted: Dim;
  readonly node: Node;
}

/** What the operations of a graph ask of sizes that are not known. */
export function askedSizes(nodes: readonly Node[]): readonly Asked[] {
  return nodes.flatMap((node) =>
    pairsOf(
      node.op,
      node.inputs.map((id) => nodes[id]?.shape),
    ).flatMap(([got, wanted]) => {
      if (got === undefined || wanted === undefined || isKnown(got) === isKnown(wanted)) return [];
      return [isKnown(got) ? { got: wanted, wanted: got, node } : { got, wanted, node }];
    }),
  );
}

type Pair = readonly [Dim | undefined, Dim | undefined];

function pairsOf(op: Op, [x, ...others]: readonly (Shape | undefined)[]): readonly Pair[] {
  if (!x) return [];
  const [y] = others;
  switch (op.kind) {
    case 'linear':
      return [[x.at(-1), op.inFeatures]];
    case 'conv':
    case 'dynamicConv':
    case 'convTranspose':
      return x.length === op.kernel.length + 2 ? [[x[1], op.inChannels]] : [];
    case 'batchNorm':
    case 'groupNorm':
      return [[x[1], op.channels]];
    case 'layerNorm':
      return op.normalizedShape.map((size, at) => [x.at(at - op.normalizedShape.length), size]);
    case 'recurrent':
      return [[x.at(-1), op.inputSize]];
    case 'add':
    case 'multiply':
    case 'compare':
    case 'extremum':
    case 'where':
      return others.flatMap((other) => broadcastPairs(x, other));
    case 'matmul':
      return y ? [[x.at(-1), y.length === 1 ? y[0] : y.at(-2)]] : [];
    case 'einsum':
      return letterPairs(op.equation, [x, ...others]);
    case 'attention':
      return [[x.at(-1), y?.at(-1)]];
    case 'concat':
      return others.flatMap((other) =>
        x.flatMap((size, at): readonly Pair[] => {
          const axis = op.axis < 0 ? op.axis + x.length : op.axis;
          return at === axis || !other ? [] : [[size, other[at]]];
        }),
      );
    default:
      return [];
  }
}

/** Axis by axis from the back; an axis of size 1 asks for nothing. */
function broadcastPairs(a: Shape, b: Shape | undefined): readonly Pair[] {
  if (!b) return [];
  return Array.from({ length: Math.min(a.length, b.length) }, (_, at): Pair => {
    const [left, right] = [a.at(-1 - at), b.at(-1 - at)];
    return left === 1 || right === 1 ? [undefined, undefined] : [left, right];
  });
}

function letterPairs(equation: string, inputs: readonly (Shape | undefined)[]): readonly Pair[] {
  const first = new Map<string, Dim>();
  const pairs: Pair[] = [];
  for (const [index, letters] of (equation.split('->')[0] ?? '').split(',').entries())
    for (const [axis, letter] of Array.from(letters).entries()) {
      const size = inputs[index]?.[axis];
      const before = first.get(letter);
      if (size === undefined) continue;
      if (before === undefined) first.set(letter, size);
      else if (!sameDim(before, size)) pairs.push([before, size]);
    }
  return pairs;
}
