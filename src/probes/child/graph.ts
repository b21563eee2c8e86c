import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { applyOpTable, dimText, type Network, type Node, type NodeId, type OpKind } from '../../network';
import { ProbeError } from '../failure';
import type { Mode } from '../protocol';
import { converted } from './layout';
import { inputLayouts, operations } from './operations';
import { refuseNode, type Applied, type ChannelStatistics, type Context, type Value } from './operation';
import type { Pace } from './pace';
import { Random } from './random';
import { Sizes } from './sizes';
import { tidied } from './tidied';
import { asWritten, axisOrder, type Weight } from './weights';

/** A network with its weights. */
export interface Model {
  readonly network: Network;
  /** On the backend, by path. */
  readonly parameters: ReadonlyMap<string, Weight>;
  /** What a checkpoint holds beside parameters (running statistics, masks, tables): row-major, by path. */
  readonly buffers: ReadonlyMap<string, Float32Array>;
  /** Of the noise that the network draws itself. */
  readonly noiseSeed: number;
}

export interface RunOptions {
  readonly batch: number;
  readonly pace: Pace;
  /** Whether gradients will be pulled back through the run: it then keeps what they need. */
  readonly pullback: boolean;
  /** Whether only the targets are wanted: what no node needs any more is freed on the way. */
  readonly targetsOnly?: boolean;
  /** `training` unless told. */
  readonly mode?: Mode;
  readonly constantStatistics?: ReadonlyMap<NodeId, ChannelStatistics>;
  readonly onNode?: (done: number, total: number) => void;
}

export interface PullOptions {
  readonly pace: Pace;
  /** Called for each node on the way, with ∂L/∂output; the tensor is disposed of after the call. */
  readonly onNode?: (node: NodeId, gradient: Tensor) => void;
  /** Asks for gradients by parameters. A parameter used twice has its gradients added up. */
  readonly onParameter?: (path: string, gradient: Tensor) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

interface Step {
  readonly node: Node;
  readonly applied: Applied;
  /** The inputs as the operation took them. */
  readonly taken: readonly Value[];
}

/** A part of a network carried out: the values of its nodes, through which gradients can be pulled back. */
export class Trace {
  private readonly steps: Step[] = [];

  private readonly held: Map<NodeId, Value>;
  private readonly given: ReadonlySet<Tensor>;
  private readonly sizes: Sizes;

  private constructor(
    private readonly model: Model,
    given: ReadonlyMap<NodeId, Value>,
    private readonly options: RunOptions,
  ) {
    this.held = new Map(given);
    this.given = new Set([...given.values()].map(({ tensor }) => tensor));
    this.sizes = new Sizes(options.batch);
    for (const [id, value] of given) this.learnSizes(id, value);
  }

  /** Computes the nodes that `targets` need, from the values of others. */
  static async run(
    model: Model,
    given: ReadonlyMap<NodeId, Value>,
    targets: readonly NodeId[],
    options: RunOptions,
  ): Promise<Trace> {
    const trace = new Trace(model, given, options);
    const order = neededNodes(model.network, new Set(given.keys()), targets);
    const spent = options.targetsOnly === true ? lastUses(order, new Set([...given.keys(), ...targets])) : undefined;
    for (const [i, node] of order.entries()) {
      trace.apply(node);
      for (const id of spent?.get(node.id) ?? []) trace.free(id);
      options.onNode?.(i + 1, order.length);
      await options.pace.breathe();
    }
    return trace;
  }

  value(node: NodeId): Value {
    const value = this.held.get(node);
    if (value === undefined) throw new Error(`node ${String(node)} was not computed`);
    return value;
  }

  /**
   * Reverse mode: from ∂L/∂(node output) of some nodes, back to every node and parameter of the run. Disposes of `seeds`.
   * May be called more than once.
   */
  async pullBack(seeds: ReadonlyMap<NodeId, Tensor>, options: PullOptions): Promise<void> {
    const gradients = new Map(seeds);
    const byParameter = new Map<string, Tensor>();
    for (const [i, { node, applied, taken }] of [...this.steps.entries()].reverse()) {
      const gradient = gradients.get(node.id);
      if (gradient === undefined) continue;
      options.onNode?.(node.id, gradient);
      const pulled = tidied(() => {
        const { inputs, parameters } = applied.pullback(gradient, options.onParameter !== undefined);
        return {
          // Each a tensor of its own, although an addition passes one gradient on to all its inputs, and a parameter to itself.
          inputs: inputs.map((x, j) => x && tf.clone(this.asHeld(node.inputs[j], taken[j], x))),
          parameters: (parameters ?? []).map(({ path, gradient: x }) => ({ path, gradient: tf.clone(x) })),
        };
      });
      pulled.inputs.forEach((x, j) => accumulate(gradients, node.inputs[j], x));
      for (const { path, gradient: x } of pulled.parameters) accumulate(byParameter, path, x);
      gradients.delete(node.id);
      gradient.dispose();
      options.onProgress?.(this.steps.length - i, this.steps.length);
      await options.pace.breathe();
    }
    for (const [node, gradient] of gradients) {
      options.onNode?.(node, gradient);
      gradient.dispose();
    }
    for (const [path, gradient] of byParameter) {
      options.onParameter?.(path, gradient);
      gradient.dispose();
    }
  }

  /** Frees what the run computed; what it was given stays. */
  dispose(): void {
    for (const { node, applied, taken } of this.steps) {
      const ours = [applied.output.tensor, ...(applied.saved ?? []), ...taken.map(({ tensor }) => tensor)];
      for (const tensor of ours) if (!this.given.has(tensor) && !tensor.isDisposed) tensor.dispose();
      this.held.delete(node.id);
    }
    this.steps.length = 0;
  }

  /** Frees the value of a node, unless another node passes on the same tensor. */
  private free(id: NodeId): void {
    const value = this.held.get(id);
    this.held.delete(id);
    if (value === undefined || [...this.held.values()].some(({ tensor }) => tensor === value.tensor)) return;
    if (!this.given.has(value.tensor)) value.tensor.dispose();
  }

  /** The value's sizes in the framework's order, for the symbols of the node's shape. */
  private learnSizes(id: NodeId, { tensor, layout }: Value): void {
    const [batch = 1, ...rest] = tensor.shape;
    const channelsLast = layout === 'channelsLast' && tensor.rank > 2;
    this.sizes.bind(
      this.model.network.nodes[id]?.shape,
      channelsLast ? [batch, rest.at(-1) ?? 1, ...rest.slice(0, -1)] : tensor.shape,
    );
  }

  private contextOf(node: Node): Context {
    const weight = (path: string): Weight => {
      const found = this.model.parameters.get(path);
      if (found === undefined) throw new Error(`${path} is not among the parameters`);
      return found;
    };
    return {
      node,
      batch: this.options.batch,
      mode: this.options.mode ?? 'training',
      constantStatistics: this.options.constantStatistics,
      size: (dim) => {
        const size = this.sizes.value(dim);
        if (size === undefined) throw refuseNode(node, `needs the size ${dimText(dim)}, which is not known`);
        return size;
      },
      parameter: (path) => weight(path).tensor,
      asWritten: (path) => asWritten(weight(path)),
      kernelAxis: (path, axis) => axisOrder(weight(path).parameter).indexOf(axis),
      buffer: (path) => this.model.buffers.get(path),
      random: () => new Random(this.model.noiseSeed, `noise ${node.id}`),
    };
  }

  private apply(node: Node): void {
    const context = this.contextOf(node);
    const { options } = this;
    const inputs = node.inputs.map((id) => this.value(id));
    const { taken, applied } = located(node, () =>
      tidied(() => {
        const converted = inLayout(inputs, inputLayouts[node.op.kind]);
        return { taken: converted, applied: applyOpTable(operations, node.op, converted, context) };
      }),
    );
    this.held.set(node.id, applied.output);
    this.learnSizes(node.id, applied.output);
    if (options.pullback) {
      this.steps.push({ node, taken, applied });
      return;
    }
    const kept = new Set([applied.output.tensor, ...inputs.map(({ tensor }) => tensor)]);
    for (const tensor of [...(applied.saved ?? []), ...taken.map((value) => value.tensor)])
      if (!kept.has(tensor) && !tensor.isDisposed) tensor.dispose();
    this.steps.push({ node, taken: [], applied: { output: applied.output, pullback: notRecorded } });
  }

  /** The gradient of an input as the operation took it, in the layout in which the run holds the input. */
  private asHeld(id: NodeId | undefined, taken: Value | undefined, gradient: Tensor): Tensor {
    if (id === undefined || taken === undefined) throw new Error('a gradient by an input that there is not');
    return converted({ tensor: gradient, layout: taken.layout }, this.value(id).layout).tensor;
  }
}

function notRecorded(): never {
  throw new Error('the run was made without pullbacks');
}

/** An error of the backend, for instance of sizes that do not fit, as one that tells the line. */
function located<T>(node: Node, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ProbeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const line = String(node.span.start.line + 1);
    throw new ProbeError({
      kind: 'notProbeable',
      message: `cannot be probed: line ${line} (${node.op.kind}) cannot be computed: ${reason}`,
      span: node.span,
    });
  }
}

function accumulate<Key>(sums: Map<Key, Tensor>, key: Key | undefined, gradient: Tensor | undefined): void {
  if (key === undefined || gradient === undefined) return;
  const before = sums.get(key);
  if (before === undefined) {
    sums.set(key, gradient);
    return;
  }
  sums.set(key, tf.add(before, gradient));
  before.dispose();
  gradient.dispose();
}

/** The nodes that `targets` need and `given` does not hold, in topological order. */
export function neededNodes(network: Network, given: ReadonlySet<NodeId>, targets: readonly NodeId[]): Node[] {
  const needed = new Set<NodeId>();
  const ahead = targets.filter((id) => !given.has(id));
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    for (const input of network.nodes[id]?.inputs ?? []) if (!given.has(input)) ahead.push(input);
  }
  return network.nodes.filter(({ id }) => needed.has(id));
}

/** After which node of a run each value is needed no more. */
function lastUses(order: readonly Node[], kept: ReadonlySet<NodeId>): ReadonlyMap<NodeId, readonly NodeId[]> {
  const last = new Map<NodeId, NodeId>();
  for (const { id, inputs } of order) for (const used of [id, ...inputs]) if (!kept.has(used)) last.set(used, id);
  const spent = new Map<NodeId, NodeId[]>();
  for (const [used, by] of last) spent.set(by, [...(spent.get(by) ?? []), used]);
  return spent;
}

function inLayout(inputs: readonly Value[], wanted: (typeof inputLayouts)[OpKind]): readonly Value[] {
  if (wanted !== 'any') return inputs.map((value) => converted(value, wanted));
  const [first] = inputs;
  if (first === undefined || inputs.length === 1) return inputs;
  const sameRank = inputs.every(({ tensor }) => tensor.rank === first.tensor.rank);
  return inputs.map((value) => converted(value, sameRank ? first.layout : 'framework'));
}
