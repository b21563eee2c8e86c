import { type Network, type Node, type NodeId, type Note, type Shape } from '../../network';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import { spanOf } from '../text/source';
import type { Directive } from './comment';
import { asBatch } from './factories';
import { followForward, type Followed } from './followForward';
import { siteAfterStatement, siteInClass } from './initializationSite';
import { fill, solveInput, solveSide } from './inputs';
import { followedLosses } from './lossUses';
import { networkBuffers, networkParameters, pathsOf, type Paths } from './paths';
import type { Root } from './roots';
import type { Session } from './session';

/** Read one model: its parameters as they stand after everything that initialises them, and its graph. */
export function buildNetwork(
  interpreter: Interpreter,
  session: Session,
  scope: Scope,
  root: Root,
  directives: readonly Directive[],
): Network {
  const paths = pathsOf(root.instance);
  const { graph, assumptions } = withInputs(interpreter, session, root, paths, directives);
  const { nodes, inputs, outputs } = withoutDeadEnds(graph);
  const unlisted = [...paths.unlisted, ...graph.unknownModules];
  return {
    name: root.name,
    framework: 'pytorch',
    nodes,
    inputs,
    outputs,
    parameters: networkParameters(paths),
    buffers: networkBuffers(paths),
    ...(unlisted.length > 0 ? { unlistedParameters: unlisted } : {}),
    span: spanOf(root.site),
    losses: followedLosses(session, root.instance),
    notes: [...graph.notes, ...assumptions],
    initializationSite: initializationSite(session, scope, root),
  };
}

/** Follow `forward` with the shapes that are told; what is not told is solved from the first layers, and followed again. */
function withInputs(
  interpreter: Interpreter,
  session: Session,
  root: Root,
  paths: Paths,
  directives: readonly Directive[],
): { readonly graph: Followed; readonly assumptions: readonly Note[] } {
  let shapes = toldShapes(session, root, directives);
  let graph = followForward(interpreter, root, paths, shapes);
  const solved = graph.inputs.map((input, index) => shapes[index] ?? solveInput(graph, input));
  if (solved.some((shape, index) => shape !== shapes[index])) {
    shapes = solved;
    graph = followForward(interpreter, root, paths, shapes);
  }
  const [input] = graph.inputs;
  const [shape] = shapes;
  const side = input !== undefined && graph.inputs.length === 1 ? solveSide(graph, input) : undefined;
  if (!side || !shape) return { graph, assumptions: [] };
  const message = `Read for inputs of ${side.side}×${side.side}: they give the ${featuresOf(side.node)} features that this layer expects.`;
  return {
    graph: followForward(interpreter, root, paths, [fill(shape, side.side)]),
    assumptions: [{ kind: 'assumption', message, span: side.node.span }],
  };
}

function featuresOf({ op }: Node): string {
  return op.kind === 'linear' && typeof op.inFeatures === 'number' ? String(op.inFeatures) : '?';
}

/** From a comment, else from a call of the model (or of another of its class) with an example. */
function toldShapes(
  session: Session,
  { instance, site }: Root,
  directives: readonly Directive[],
): readonly (Shape | undefined)[] {
  const syntax = instance.cls.syntax;
  const range = syntax?.body[0] && { start: site.start, end: syntax.body.at(-1)?.end ?? site.end };
  const inside = (directive: Directive): boolean =>
    range !== undefined &&
    site.source === session.main &&
    directive.start <= range.end &&
    (directive.start >= range.start || isJustAbove(directive, site));
  const withInputs = directives.filter((directive) => directive.inputs);
  const named = withInputs.find(
    ({ model }) => model?.callee.kind === 'name' && model.callee.name === instance.cls.name,
  );
  const general = withInputs.find(({ model }) => model === undefined);
  const told = (named ?? withInputs.find(inside) ?? general)?.inputs;
  if (told) return told;
  const called =
    session.calls.get(instance) ??
    [...session.calls].find(([other]) => other.cls === instance.cls && other.cls.site)?.[1];
  return (called ?? []).map((shape) => (shape && shape.length > 0 ? asBatch(shape) : undefined));
}

/** Whether a comment stands on the line above a class. */
function isJustAbove(directive: Directive, site: Root['site']): boolean {
  const { line } = site.source.position(site.start);
  return site.source.position(directive.start).line === line - 1;
}

/** What no output depends on is no part of the network (an auxiliary head that is not returned). */
function withoutDeadEnds({ nodes, inputs, outputs }: Followed): Pick<Network, 'nodes' | 'inputs' | 'outputs'> {
  const alive = new Set<NodeId>([...inputs, ...outputs]);
  for (const node of [...nodes].reverse()) if (alive.has(node.id)) for (const input of node.inputs) alive.add(input);
  if (alive.size === nodes.length) return { nodes, inputs, outputs };
  const kept = nodes.filter((node) => alive.has(node.id));
  const ids = new Map(kept.map((node, index) => [node.id, index]));
  const renumber = (id: NodeId): NodeId => ids.get(id) ?? id;
  return {
    nodes: kept.map((node) => ({ ...node, id: renumber(node.id), inputs: node.inputs.map(renumber) })),
    inputs: inputs.map(renumber),
    outputs: outputs.map(renumber),
  };
}

function initializationSite(session: Session, scope: Scope, { instance, site }: Root): Network['initializationSite'] {
  const { syntax } = instance.cls;
  if (syntax && instance.cls.site?.source === session.main) return siteInClass(syntax, site.source, scope);
  const binding = session.bindings.get(instance);
  if (binding?.target.source !== session.main) return undefined;
  return siteAfterStatement(binding.statement, binding.name, site.source, scope);
}
