import type { Network, Note, Shape } from '../../network';
import { isKnown } from '../../network';
import { spanOf, type Site } from '../text/source';
import type { Followed } from './followForward';
import {
  boundSizes,
  guessShape,
  isDecided,
  opaqueCount,
  shapeOfRank,
  solveSide,
  withSizes,
  type Graph,
} from './inputs';
import { withoutDeadEnds } from './deadEnds';

type Shapes = readonly (Shape | undefined)[];

/** Follows `forward`; `enough` may stop it where the beginning of the graph tells all that is asked. */
export type Follow = (shapes: Shapes, enough?: (graph: Graph) => boolean) => Followed;

/** A graph, and what was taken for granted to follow it. */
export interface Solved {
  readonly graph: Followed;
  readonly assumptions: readonly Note[];
}

/**
 * Follow `forward` with the shapes that are told; what is not told is solved from what the graph asks of its inputs, and followed
 * again with that.
 */
export function solveInputs(follow: Follow, told: Shapes, site: Site): Solved {
  const start = follow(told, (graph) => graph.inputs.every((input, index) => told[index] ?? isDecided(graph, input)));
  const [shapes, graph] = settled(follow, start, guessed(start, told));
  const open = graph.inputs.map((_, index) => shapes[index] === undefined);
  const known = open.includes(true) ? withTriedRanks(follow, graph, shapes) : ([shapes, graph] as const);
  return withSide(follow, known[1], known[0], site);
}

function guessed(graph: Followed, told: Shapes): Shapes {
  return graph.inputs.map((input, index) => told[index] ?? guessShape(graph, input));
}

/** Follow again as long as the graph tells more of its inputs. */
function settled(follow: Follow, before: Followed, wanted: Shapes): readonly [Shapes, Followed] {
  let [shapes, graph] = [before.inputs.map((input) => before.nodes[input]?.shape) as Shapes, before];
  let next = wanted;
  for (let rounds = 0; rounds < 3 && (graph.isBeginning || !sameShapes(next, shapes)); rounds++) {
    shapes = next;
    graph = follow(shapes);
    const bound = boundSizes(graph);
    next = guessed(
      graph,
      shapes.map((shape) => shape && withSizes(shape, bound)),
    );
  }
  return [shapes, graph];
}

function sameShapes(a: Shapes, b: Shapes): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Of inputs of which nothing is known, the number of axes is tried that leaves the least not understood. */
function withTriedRanks(follow: Follow, graph: Followed, shapes: Shapes): readonly [Shapes, Followed] {
  let best: readonly [Shapes, Followed] = [shapes, graph];
  for (const rank of [2, 3, 4]) {
    const tried = graph.inputs.map((input, index) => shapes[index] ?? shapeOfRank(graph, input, rank));
    const found = settled(follow, graph, tried);
    if (doubts(found[1]) < doubts(best[1])) best = found;
    if (doubts(best[1]) === 0) break;
  }
  return best;
}

/** How much of a graph is not understood; what contradicts itself counts as much as anything can. */
function doubts(graph: Followed): number {
  const contradictions = graph.notes.filter(({ kind }) => kind === 'contradiction').length;
  return 1000 * contradictions + opaqueCount(withoutDeadEnds(graph));
}

/** Sides that are tried where a graph cannot be followed with sizes that are not known. */
const triedSides = [224, 32, 256];

function withSide(follow: Follow, graph: Followed, shapes: Shapes, site: Site): Solved {
  const solved = solveSide(graph);
  if (solved) {
    const { side, names, wanted, node } = solved;
    const size = names.length > 1 ? `${side}×${side}` : `length ${side}`;
    const message = `Read for inputs of ${size}: they give the ${wanted} ${featureWord(node.op)} that this layer expects.`;
    const filled = filledWith(shapes, names, side);
    return { graph: follow(filled), assumptions: [{ kind: 'assumption', message, span: node.span }] };
  }
  const names = [
    ...new Set(shapes.flatMap((shape) => shape ?? []).flatMap((size) => (isKnown(size) ? [] : [size.symbol]))),
  ];
  const sides = names.filter((name) => /^[HWD]\d*$/.test(name));
  const before = doubts(graph);
  if (before === 0 || sides.length === 0) return { graph, assumptions: [] };
  for (const side of triedSides) {
    const tried = follow(filledWith(shapes, sides, side));
    if (doubts(tried) >= before) continue;
    const message = `Read for inputs of ${side}×${side}: with sizes that are not known this model cannot be followed.`;
    return { graph: tried, assumptions: [{ kind: 'assumption', message, span: spanOf(site) }] };
  }
  return { graph, assumptions: [] };
}

function featureWord(op: Network['nodes'][number]['op']): string {
  return op.kind === 'linear' ? 'features' : 'elements';
}

function filledWith(shapes: Shapes, names: readonly string[], side: number): Shapes {
  const sizes = new Map(names.map((name) => [name, side]));
  return shapes.map((shape) => shape && withSizes(shape, sizes));
}
