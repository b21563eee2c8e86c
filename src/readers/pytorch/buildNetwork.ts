import { type Network, type Node, type NodeId, type Note } from '../../network';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import { spanOf } from '../text/source';
import type { Directive } from '../frameworks/directive';
import { toldShapes } from '../frameworks/inputShapes';
import { followForward, type Followed } from './followForward';
import { siteAfterStatement, siteInClass } from './initializationSite';
import { fill, solveInput, solveSide } from './inputs';
import { followedLosses } from './lossUses';
import { networkBuffers, networkParameters, pathsOf, type Paths } from './paths';
import type { Root } from '../frameworks/roots';
import type { PytorchSession } from './session';

/** Read one model: its parameters as they stand after everything that initialises them, and its graph. */
export function buildNetwork(
  interpreter: Interpreter,
  session: PytorchSession,
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
  session: PytorchSession,
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

function initializationSite(
  session: PytorchSession,
  scope: Scope,
  { instance, site }: Root,
): Network['initializationSite'] {
  const { syntax } = instance.cls;
  if (syntax && instance.cls.site?.source === session.main) return siteInClass(syntax, site.source, scope);
  const binding = session.bindings.get(instance);
  if (binding?.target.source !== session.main) return undefined;
  return siteAfterStatement(binding.statement, binding.name, site.source, scope);
}
