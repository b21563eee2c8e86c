import { isKnown, sameDim, type Dim, type Node, type Op, type Shape } from '../../network';

/** Two sizes that an operation needs to be the same. */
export interface Asked {
  readonly got: Dim;
  readonly wanted: Dim;
  readonly node: Node;
}

/** The sizes of one graph are asked for more than once. */
const known = new WeakMap<readonly Node[], readonly Asked[]>();

/** What the operations of a graph ask of sizes that are not known. */
export function askedSizes(nodes: readonly Node[]): readonly Asked[] {
  const before = known.get(nodes);
  if (before) return before;
  const asked: Asked[] = [];
  for (const node of nodes)
    tellPairs(
      node.op,
      node.inputs.map((id) => nodes[id]?.shape),
      (got, wanted) => {
        if (got === undefined || wanted === undefined || isKnown(got) === isKnown(wanted)) return;
        asked.push(isKnown(got) ? { got: wanted, wanted: got, node } : { got, wanted, node });
      },
    );
  known.set(nodes, asked);
  return asked;
}

type Tell = (got: Dim | undefined, wanted: Dim | undefined) => void;

function tellPairs(op: Op, [x, ...others]: readonly (Shape | undefined)[], tell: Tell): void {
  if (!x) return;
  const [y] = others;
  switch (op.kind) {
    case 'linear':
      tell(x.at(-1), op.inFeatures);
      return;
    case 'conv':
    case 'dynamicConv':
    case 'convTranspose':
      if (x.length === op.kernel.length + 2) tell(x[1], op.inChannels);
      return;
    case 'batchNorm':
    case 'groupNorm':
      tell(x[1], op.channels);
      return;
    case 'layerNorm':
      for (const [at, size] of op.normalizedShape.entries()) tell(x.at(at - op.normalizedShape.length), size);
      return;
    case 'recurrent':
      tell(x.at(-1), op.inputSize);
      return;
    case 'add':
    case 'multiply':
    case 'compare':
    case 'extremum':
    case 'where':
      for (const other of others) if (other) tellBroadcast(x, other, tell);
      return;
    case 'matmul':
      if (y) tell(x.at(-1), y.length === 1 ? y[0] : y.at(-2));
      return;
    case 'einsum':
      tellLetters(op.equation, [x, ...others], tell);
      return;
    case 'attention':
      tell(x.at(-1), y?.at(-1));
      return;
    case 'concat': {
      const axis = op.axis < 0 ? op.axis + x.length : op.axis;
      for (const other of others) for (let at = 0; at < x.length; at++) if (at !== axis) tell(x[at], other?.[at]);
      return;
    }
    default:
  }
}

/** Axis by axis from the back; an axis of size 1 asks for nothing. */
function tellBroadcast(a: Shape, b: Shape, tell: Tell): void {
  for (let at = 1; at <= Math.min(a.length, b.length); at++) {
    const [left, right] = [a.at(-at), b.at(-at)];
    if (left !== 1 && right !== 1) tell(left, right);
  }
}

function tellLetters(equation: string, inputs: readonly (Shape | undefined)[], tell: Tell): void {
  const first = new Map<string, Dim>();
  for (const [index, letters] of (equation.split('->')[0] ?? '').split(',').entries())
    for (const [axis, letter] of Array.from(letters).entries()) {
      const size = inputs[index]?.[axis];
      const before = first.get(letter);
      if (size === undefined) continue;
      if (before === undefined) first.set(letter, size);
      else if (!sameDim(before, size)) tell(before, size);
    }
}
