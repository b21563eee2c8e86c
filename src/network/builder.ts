import type { Network, Node, NodeId, Note } from './network';
import type { Op } from './op';
import type { Parameter } from './parameter';
import { inferShape } from './shapes';
import type { Shape } from './shape';
import type { SourceSpan } from './span';

/** A node that is to be added: its id follows from its place, its shape from its inputs. */
export interface NodeDraft {
  readonly op: Op;
  readonly inputs: readonly NodeId[];
  readonly path: string;
  readonly span: SourceSpan;
  readonly callSpan?: SourceSpan;
}

/**
 * Makes a {@link Network} node by node, in topological order. Sizes that contradict each other become a note and an opaque
 * node, so that nothing after them is judged.
 */
export class NetworkBuilder {
  readonly #nodes: Node[] = [];
  readonly #inputs: NodeId[] = [];
  readonly #parameters = new Map<string, Parameter>();
  readonly #notes: Note[] = [];

  addInput(name: string, shape: Shape | undefined, span: SourceSpan): NodeId {
    const id = this.#nodes.length;
    this.#nodes.push({ id, op: { kind: 'input', name }, inputs: [], shape, path: '', span });
    this.#inputs.push(id);
    return id;
  }

  /** @throws RangeError where an input is not a node that was added before. */
  add(draft: NodeDraft): NodeId {
    const shapes = draft.inputs.map((input) => {
      const node = this.#nodes[input];
      if (!node) throw new RangeError(`Node ${input} has not been added.`);
      return node.shape;
    });
    const result = inferShape(draft.op, shapes);
    const id = this.#nodes.length;
    if (result.kind === 'shape') {
      this.#nodes.push({ id, ...draft, shape: result.shape });
    } else {
      const span = draft.callSpan ?? draft.span;
      this.#notes.push({ kind: 'contradiction', message: result.message, span });
      this.#nodes.push({ id, ...draft, op: { kind: 'opaque', reason: result.message }, shape: undefined });
    }
    return id;
  }

  /** What the reader did not understand: an opaque node, and a note that says so. */
  addOpaque(reason: string, draft: Omit<NodeDraft, 'op'>): NodeId {
    this.note({ kind: 'notUnderstood', message: reason, span: draft.callSpan ?? draft.span });
    return this.add({ ...draft, op: { kind: 'opaque', reason } });
  }

  /** Adds or replaces the parameter of this path. */
  setParameter(parameter: Parameter): void {
    this.#parameters.set(parameter.path, parameter);
  }

  /** Nodes so far. */
  get size(): number {
    return this.#nodes.length;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  get inputs(): readonly NodeId[] {
    return this.#inputs;
  }

  node(id: NodeId): Node | undefined {
    return this.#nodes[id];
  }

  op(node: NodeId): Op | undefined {
    return this.#nodes[node]?.op;
  }

  shape(node: NodeId): Shape | undefined {
    return this.#nodes[node]?.shape;
  }

  note(note: Note): void {
    const same = (other: Note): boolean =>
      other.message === note.message && other.span.start.offset === note.span.start.offset;
    if (!this.#notes.some(same)) this.#notes.push(note);
  }

  build(fields: Pick<Network, 'name' | 'framework' | 'outputs' | 'span' | 'losses' | 'initializationSite'>): Network {
    return {
      ...fields,
      nodes: this.#nodes,
      inputs: this.#inputs,
      parameters: [...this.#parameters.values()],
      notes: this.#notes,
    };
  }
}
