import { BATCH, isKnown, NetworkBuilder, type NodeDraft, type NodeId, type Op, type Shape } from '../../network';
import { symbolOf } from '../python/truth';
import { numberOf, reasonOf, type InstanceValue, type Value } from '../python/values';
import { spanOf, type Site } from '../text/source';
import { describeContent } from './constants/content';
import { constantOf } from './constants/state';
import type { Graph } from './inputs';
import type { Paths } from './paths';
import { makeTensor, tensorState, type TensorState } from './tensor';
import { inOrder } from './views';
import type { ConstantState, NumberKind } from './draw';
import { asConstant } from './functions/compute';

/** Nodes after which it is no longer asked whether they are enough. */
const longestBeginning = 24;

/** Thrown where the beginning of a `forward` is all that is wanted of it. */
export class Enough extends Error {}

/** Made once: it tells no place, and a trace of the stack is dear. */
const enough = new Enough();

/** One run of a model's `forward` on tensors that know only their place in the graph. */
export class Trace {
  readonly builder = new NetworkBuilder();
  /** What was called that is not known, and may have parameters of its own. */
  readonly unknownModules = new Set<string>();
  /** What the code says of the number of axes of its inputs (`B, C, H, W = x.shape`), by node. */
  readonly ranks = new Map<NodeId, number>();
  /** What the code says of the shapes of its inputs: a mask has those of the tokens that it is for. */
  readonly shapes = new Map<NodeId, Shape>();
  /** The names of the lengths and sides of inputs that are not known; one sample is a batch, too. */
  readonly inputSizes = new Set<string>();
  /** The modules whose `forward` is open, the innermost last. */
  readonly #modules: InstanceValue[] = [];
  /** The layer of ours that computes by functions now. */
  #layer: InstanceValue | undefined;
  /** Nodes of what is no operation: parameters, constants. */
  readonly #sources = new Map<TensorState, NodeId>();

  /** @param enough - Asked of the first nodes: whether they are all that is wanted; then `Enough` is thrown. */
  constructor(
    readonly paths: Paths,
    private readonly enough?: (graph: Graph) => boolean,
  ) {}

  /** @param said the shape that the code says it has, whatever it is given now */
  input(name: string, shape: Shape | undefined, site: Site, said?: Shape): InstanceValue {
    for (const size of shape ?? [])
      if (!isKnown(size) && size.symbol !== BATCH.symbol) this.inputSizes.add(size.symbol);
    const id = this.builder.addInput(name, shape, spanOf(site));
    if (said) this.shapes.set(id, said);
    return makeTensor({ kind: 'node', id }, site);
  }

  /** Run `body` as the `forward` of `module`. */
  within<T>(module: InstanceValue, body: () => T): T {
    this.#modules.push(module);
    try {
      return body();
    } finally {
      this.#modules.pop();
    }
  }

  /** Run `body` as what a layer of ours computes: what it adds is the layer's own. */
  as<T>(layer: InstanceValue, body: () => T): T {
    const before = this.#layer;
    this.#layer = layer;
    try {
      return body();
    } finally {
      this.#layer = before;
    }
  }

  /**
   * Add an operation. Inputs that are no tensors become opaque nodes, so that what depends on them is not judged.
   * @param layer the module that computes it; without one it is a function that the open module calls.
   * @param numbers what its elements are, where the operation does not tell
   */
  add(op: Op, inputs: readonly Value[], site: Site, layer?: InstanceValue, numbers?: NumberKind): InstanceValue {
    const id = this.builder.add({
      op,
      inputs: inputs.map((input) => this.node(input, site)),
      ...this.#place(site, layer),
    });
    this.#stopWhereEnough();
    return makeTensor({ kind: 'node', id, ...(numbers ? { numbers } : {}) }, site);
  }

  #stopWhereEnough(): void {
    const { builder, ranks, shapes } = this;
    if (!this.enough || builder.size > longestBeginning) return;
    if (this.enough({ nodes: builder.nodes, inputs: builder.inputs, ranks, shapes })) throw enough;
  }

  /** Something that is not understood; it depends on those of the inputs that are in the graph. */
  opaque(reason: string, inputs: readonly Value[], site: Site, layer?: InstanceValue): InstanceValue {
    const nodes = inputs.flatMap((input) => {
      const state = tensorState(input);
      return state?.kind === 'node' ? [state.id] : [];
    });
    const id = this.builder.addOpaque(reason, { inputs: nodes, ...this.#place(site, layer) });
    return makeTensor({ kind: 'node', id }, site);
  }

  /** Something was taken for granted. */
  assume(message: string, site: Site): void {
    this.builder.note({ kind: 'assumption', message, span: spanOf(site) });
  }

  /** The node of a value: of a parameter or a constant it is made when it is first used. */
  node(value: Value, site: Site): NodeId {
    const state = tensorState(value);
    if (state?.kind === 'node') return state.id;
    const known = state && this.#sources.get(state);
    if (known !== undefined) return known;
    const id = this.#source(value, state, site) ?? this.#stranger(value, state, site);
    if (state) this.#sources.set(state, id);
    return id;
  }

  isOpaque(value: Value): boolean {
    return this.opOf(value)?.kind === 'opaque';
  }

  /** What computes a value that is in the graph. */
  opOf(value: Value | undefined): Op | undefined {
    const state = tensorState(value);
    return state?.kind === 'node' ? this.builder.op(state.id) : undefined;
  }

  /** What computes the first input of what computes a value. */
  inputOp(value: Value): Op | undefined {
    const state = tensorState(value);
    const [first] = (state?.kind === 'node' ? this.builder.node(state.id)?.inputs : undefined) ?? [];
    return first === undefined ? undefined : this.builder.op(first);
  }

  shape(value: Value): Shape | undefined {
    const state = tensorState(value);
    return state?.kind === 'node' ? this.builder.shape(state.id) : undefined;
  }

  #source(value: Value, state: TensorState | undefined, site: Site): NodeId | undefined {
    const at = this.#place(site, undefined);
    const number = numberOf(value);
    if (number !== undefined)
      return this.builder.add({
        op: { kind: 'constant', shape: [], content: { kind: 'fill', value: number } },
        inputs: [],
        ...at,
      });
    switch (state?.kind) {
      case 'parameter': {
        const parameter = value.type === 'instance' ? this.paths.parameters.get(value) : undefined;
        return parameter === undefined
          ? undefined
          : this.builder.add({ op: { kind: 'parameter', parameter, shape: state.shape }, inputs: [], ...at });
      }
      case 'view': {
        const constant = asConstant(value);
        if (constant) return this.#constant(value, constant, at);
        const owner = [...this.paths.parameters].find(([instance]) => tensorState(instance) === state.of);
        if (!owner || state.region.length > 0 || !inOrder(state.axes)) return undefined;
        return this.builder.add({ op: { kind: 'stopGradient' }, inputs: [this.node(owner[0], site)], ...at });
      }
      case 'constant':
        return this.#constant(value, state, at);
      default:
        return undefined;
    }
  }

  #constant(value: Value, state: ConstantState, at: Omit<NodeDraft, 'op' | 'inputs'>): NodeId {
    const path = value.type === 'instance' ? this.paths.buffers.get(value) : undefined;
    const content = describeContent(constantOf(state));
    return this.builder.add({
      op: {
        kind: 'constant',
        shape: state.shape,
        content: content.kind === 'unknown' && path !== undefined ? { kind: 'buffer', path } : content,
        ...(path === undefined ? {} : { path }),
      },
      inputs: [],
      ...at,
    });
  }

  #stranger(value: Value, state: TensorState | undefined, site: Site): NodeId {
    const made = tensorState(this.opaque(reasonNotInGraph(value, state), [], site));
    return made?.kind === 'node' ? made.id : 0;
  }

  #place(
    site: Site,
    given: InstanceValue | undefined,
  ): { path: string; span: ReturnType<typeof spanOf>; callSpan?: ReturnType<typeof spanOf> } {
    const layer = given ?? this.#layer;
    const owner = layer ?? this.#modules.at(-1);
    const path = (owner && this.paths.modules.get(owner)) ?? '';
    if (!layer) return { path, span: spanOf(site) };
    return { path, span: spanOf(layer.site), callSpan: spanOf(site) };
  }
}

function reasonNotInGraph(value: Value, state: TensorState | undefined): string {
  if (value.type === 'unknown') return `${reasonOf(value)}.`;
  switch (state?.kind) {
    case 'parameter':
      return 'A parameter is used here that is not registered in the model.';
    case 'view':
      return 'A part of a parameter is used here that was taken outside of `forward`.';
    case 'doubtful':
      return `${state.reason}.`;
    default:
      return `\`${symbolOf(value)}\` is used as a tensor here.`;
  }
}
