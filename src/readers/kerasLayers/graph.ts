import { inferShape, type Op, type Shape } from '../../network';
import type { Site } from '../text/source';

/** Something that was made at a place in the source: a layer. */
interface Made {
  readonly site: Site;
}

/** The layers whose `call` is open, the innermost first. */
export interface Owner<L extends Made = Made> {
  readonly layer: L;
  readonly outer: Owner<L> | undefined;
}

/** Where an operation comes from. */
export interface Origin {
  /** Undefined outside of all layers. */
  readonly owner: Owner | undefined;
  /** Whether the owner itself is the operation; otherwise it is a function that the owner calls. */
  readonly isLayer: boolean;
  /** Where the layer or the function is applied. */
  readonly site: Site;
}

/**
 * One value of a graph that grows as layers are called: it knows what it is computed from, and nothing knows what is computed
 * from it. A model is what lies between some of these and others.
 */
export interface Step {
  readonly op: Op;
  readonly inputs: readonly Step[];
  readonly shape: Shape | undefined;
  readonly origin: Origin;
  /** Why there may be parameters in it that are not known. */
  readonly unlisted?: string;
}

export function inputStep(name: string, shape: Shape | undefined, origin: Origin): Step {
  return { op: { kind: 'input', name }, inputs: [], shape, origin };
}

/** Sizes that contradict each other are said by the network's builder; here they leave a shape that is not known. */
export function step(op: Op, inputs: readonly Step[], origin: Origin, unlisted?: string): Step {
  if (op.kind === 'permute') {
    const before = undone(op.axes, inputs[0]);
    if (before) return before;
  }
  const result = inferShape(
    op,
    inputs.map((input) => input.shape),
  );
  const shape = result.kind === 'shape' ? result.shape : undefined;
  return { op, inputs, shape, origin, ...(unlisted === undefined ? {} : { unlisted }) };
}

/** What a permutation gives that takes back the one before it. */
function undone(axes: readonly number[], input: Step | undefined): Step | undefined {
  if (input?.op.kind !== 'permute') return undefined;
  const { axes: first } = input.op;
  return axes.every((axis, at) => first[axis] === at) ? input.inputs[0] : undefined;
}

/** All that values are computed from, themselves last, each once and after its inputs. `stop` is not looked behind. */
export function ancestry(ends: readonly Step[], stop: ReadonlySet<Step> = new Set()): readonly Step[] {
  const order: Step[] = [];
  const seen = new Set<Step>();
  // With a stack of our own: networks are deeper than ours.
  const stack = ends.map((end) => ({ at: end, done: false })).reverse();
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { at, done } = top;
    if (done) order.push(at);
    if (done || seen.has(at)) continue;
    seen.add(at);
    stack.push({ at, done: true });
    if (!stop.has(at)) for (const input of at.inputs.toReversed()) stack.push({ at: input, done: false });
  }
  return order;
}

/**
 * The same computation with other values in the place of some: a model is applied anew.
 *
 * @param within the layer whose part it is then; without one everything stays where it was
 */
export function replay(ends: readonly Step[], given: ReadonlyMap<Step, Step>, within?: Owner): readonly Step[] {
  const made = new Map(given);
  for (const old of ancestry(ends, new Set(given.keys()))) {
    if (made.has(old)) continue;
    const inputs = old.inputs.map((input) => made.get(input) ?? input);
    const same = inputs.every((input, at) => input === old.inputs[at]);
    // Constants of a model that is a part of another belong to that part.
    const stays = old.op.kind === 'input' || (same && (inputs.length > 0 || !within));
    const origin = within ? { ...old.origin, owner: reroot(old.origin.owner, within) } : old.origin;
    made.set(old, stays ? old : step(old.op, inputs, origin, old.unlisted));
  }
  return ends.map((end) => made.get(end) ?? end);
}

function reroot(owner: Owner | undefined, root: Owner): Owner {
  return owner ? { layer: owner.layer, outer: reroot(owner.outer, root) } : root;
}
