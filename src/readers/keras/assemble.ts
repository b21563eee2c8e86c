import {
  NetworkBuilder,
  type LossUse,
  type Network,
  type NodeId,
  type Op,
  type Parameter,
  type SourceSpan,
} from '../../network';
import type { Root } from '../frameworks/roots';
import { spanOf } from '../text/source';
import { ancestry, type Owner, type Step } from '../kerasLayers/graph';
import type { VariableState } from './variable';

/** What lies between the inputs of a model and its outputs. */
export interface Ends {
  readonly inputs: readonly Step[];
  readonly outputs: readonly Step[];
}

/** A variable of a model. */
export interface Held {
  readonly state: VariableState;
  /** As a checkpoint spells it. */
  readonly path: string;
  readonly span: SourceSpan;
}

/** What a network is made of. */
export interface Assembly {
  readonly root: Root;
  readonly framework: Network['framework'];
  readonly ends: Ends;
  readonly variables: readonly Held[];
  /** How the layer is spelled that an operation belongs to. */
  readonly pathOf: (owner: Owner | undefined) => string;
  readonly losses: readonly LossUse[];
}

/** The graph between the ends of a model, with its variables as they stand after everything that initialises them. */
export function assemble({ root, framework, ends, variables, pathOf, losses }: Assembly): Network {
  const { inputs, outputs } = ends;
  const builder = new NetworkBuilder();
  const steps = ancestry(outputs, new Set(inputs));
  const spelled = new Map(variables.map(({ state, path }) => [state.key, path]));
  const ids = new Map<Step, NodeId>();
  for (const input of inputs)
    ids.set(
      input,
      builder.addInput(input.op.kind === 'input' ? input.op.name : 'input', input.shape, spanOf(input.origin.site)),
    );
  for (const step of steps) {
    if (ids.has(step)) continue;
    const draft = { inputs: step.inputs.map((input) => ids.get(input) ?? 0), ...placeOf(step, pathOf) };
    const reason = opaqueReason(step.op);
    const id =
      reason === undefined
        ? builder.add({ op: renamed(step.op, spelled), ...draft })
        : builder.addOpaque(reason, draft);
    ids.set(step, id);
  }
  const unlisted = [...new Set(steps.flatMap((step) => step.unlisted ?? []))];
  const network = builder.build({
    name: root.name,
    framework,
    outputs: [...new Set(outputs.flatMap((output) => ids.get(output) ?? []))],
    span: spanOf(root.site),
    losses,
    initializationSite: undefined,
  });
  return {
    ...network,
    parameters: variables.flatMap(({ state, path, span }) => (state.trained ? [parameterOf(state, path, span)] : [])),
    buffers: variables.flatMap(({ state, path }) => (state.trained ? [] : [{ path, shape: state.shape }])),
    ...(unlisted.length > 0 ? { unlistedParameters: unlisted } : {}),
  };
}

function opaqueReason(op: Op): string | undefined {
  if (op.kind === 'opaque') return op.reason;
  return op.kind === 'input' ? 'This tensor is not computed from the inputs of the model.' : undefined;
}

function parameterOf({ role, shape, axes, draw, origin }: VariableState, path: string, span: SourceSpan): Parameter {
  return { path, role, shape, axes, initializer: { distribution: draw(shape, axes), origin }, span };
}

/** An operation with the paths of its variables in the place of the keys. */
function renamed(op: Op, spelled: ReadonlyMap<string, string>): Op {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return spelled.get(value) ?? value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, change(inner)]));
  };
  return change(op) as Op;
}

function placeOf(
  { origin: { owner, isLayer, site } }: Step,
  pathOf: Assembly['pathOf'],
): {
  path: string;
  span: SourceSpan;
  callSpan?: SourceSpan;
} {
  const path = pathOf(owner);
  return owner && isLayer
    ? { path, span: spanOf(owner.layer.site), callSpan: spanOf(site) }
    : { path, span: spanOf(site) };
}
