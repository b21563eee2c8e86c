import type { Node } from 'web-tree-sitter';
import type { Range } from './source';

/** A tree-sitter subtree that is being turned into syntax, with the text it stands for and how deep it is nested. */
export class Subtree {
  constructor(
    readonly node: Node,
    readonly source: string,
    readonly depth: number,
    /** Where the parsed text stands in its file. */
    private readonly offset = 0,
  ) {}

  get type(): string {
    return this.node.type;
  }

  get range(): Range {
    return { start: this.node.startIndex + this.offset, end: this.node.endIndex + this.offset };
  }

  get text(): string {
    return this.source.slice(this.node.startIndex, this.node.endIndex);
  }

  /** Named children; comments are left out. */
  get children(): readonly Subtree[] {
    return this.node.namedChildren.filter((child) => child.type !== 'comment').map((child) => this.#below(child));
  }

  /** All children, the punctuation and the operators with them. */
  get tokens(): readonly Subtree[] {
    return this.node.children.filter((child) => child.type !== 'comment').map((child) => this.#below(child));
  }

  field(name: string): Subtree | undefined {
    const child = this.node.childForFieldName(name);
    return child ? this.#below(child) : undefined;
  }

  fields(name: string): readonly Subtree[] {
    return this.node.childrenForFieldName(name).map((child) => this.#below(child));
  }

  #below(node: Node): Subtree {
    return new Subtree(node, this.source, this.depth + 1, this.offset);
  }
}

/** Deeper nesting than this is not code that people wrote; it is not followed. */
export const deepestNesting = 150;
