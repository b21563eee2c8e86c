import { NetworkBuilder, type NodeId, type Op, type Shape } from '../../network';
import { spanOf, type Site } from '../text/source';
import { symbolOf } from '../python/truth';
import { reasonOf, type InstanceValue, type Value } from '../python/values';
import type { Paths } from './paths';
import { makeTensor, tensorState } from './tensor';

/** One run of a model's `forward` on tensors that know only their place in the graph. */
export class Trace {
  readonly builder = new NetworkBuilder();
  /** What was called that is not known, and may have parameters of its own. */
  readonly unknownModules = new Set<string>();
  /** The modules whose `forward` is open, the innermost last. */
  readonly #modules: InstanceValue[] = [];

  constructor(readonly paths: Paths) {}

  input(name: string, shape: Shape | undefined, site: Site): InstanceValue {
    return makeTensor({ kind: 'node', id: this.builder.addInput(name, shape, spanOf(site)) }, site);
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

  /**
   * Add an operation. Inputs that are not in the graph become opaque nodes, so that what depends on them is not judged.
   * @param layer the module that computes it; without one it is a function that the open module calls.
   */
  add(op: Op, inputs: readonly Value[], site: Site, layer?: InstanceValue): InstanceValue {
    const id = this.builder.add({
      op,
      inputs: inputs.map((input) => this.node(input, site)),
      ...this.#place(site, layer),
    });
    return makeTensor({ kind: 'node', id }, site);
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

  /** The node of a value. */
  node(value: Value, site: Site): NodeId {
    const state = tensorState(value);
    if (state?.kind === 'node') return state.id;
    const tensor = this.opaque(reasonNotInGraph(value), [], site);
    const made = tensorState(tensor);
    return made?.kind === 'node' ? made.id : 0;
  }

  isOpaque(value: Value): boolean {
    const state = tensorState(value);
    return state?.kind === 'node' && this.builder.op(state.id)?.kind === 'opaque';
  }

  shape(value: Value): Shape | undefined {
    const state = tensorState(value);
    return state?.kind === 'node' ? this.builder.shape(state.id) : undefined;
  }

  #place(
    site: Site,
    layer: InstanceValue | undefined,
  ): { path: string; span: ReturnType<typeof spanOf>; callSpan?: ReturnType<typeof spanOf> } {
    const owner = layer ?? this.#modules.at(-1);
    const path = (owner && this.paths.modules.get(owner)) ?? '';
    if (!layer) return { path, span: spanOf(site) };
    return { path, span: spanOf(layer.site), callSpan: spanOf(site) };
  }
}

function reasonNotInGraph(value: Value): string {
  if (value.type === 'unknown') return `${reasonOf(value)}.`;
  switch (tensorState(value)?.kind) {
    case 'parameter':
    case 'view':
      return 'A parameter is used as a tensor of its own here.';
    case 'constant':
      return 'A tensor that is made in `forward` takes part here.';
    default:
      return `\`${symbolOf(value)}\` is used as a tensor here.`;
  }
}
