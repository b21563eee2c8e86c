import type { NodeId } from '../network';

/**
 * The nodes, or parts of their units, whose own randomness a tensor is made of: tensors whose sets do not overlap are independent. A set that is
 * joined with others is kept as it is, so that a residual stream of any depth costs one step a join.
 */
export class SourceSet {
  static readonly none = new SourceSet(Infinity, -Infinity, undefined, []);

  private constructor(
    private readonly first: NodeId,
    private readonly last: NodeId,
    /** Of a single source; a set of sets has none. */
    private readonly key: string | undefined,
    private readonly members: readonly SourceSet[],
  ) {}

  /** What a node draws by itself, or one part of what it draws. */
  static of(node: NodeId, part = ''): SourceSet {
    return new SourceSet(node, node, part, []);
  }

  static union(sets: readonly SourceSet[]): SourceSet {
    const members = sets.filter((set, index) => !set.isEmpty && sets.indexOf(set) === index);
    const [only, second] = members;
    if (!only) return SourceSet.none;
    if (!second) return only;
    let [first, last] = [only.first, only.last];
    for (const set of members) {
      first = Math.min(first, set.first);
      last = Math.max(last, set.last);
    }
    return new SourceSet(first, last, undefined, members);
  }

  get isEmpty(): boolean {
    return this.last < 0;
  }

  /** Nodes are numbered in the order of computation, so that most pairs are told apart by their ranges. */
  overlaps(other: SourceSet): boolean {
    if (this.last < other.first || other.last < this.first) return false;
    if (this === other) return true;
    if (this.members.length > 0) return this.members.some((member) => member.overlaps(other));
    if (other.members.length > 0) return other.members.some((member) => this.overlaps(member));
    return this.first === other.first && this.key === other.key;
  }
}
