import {
  isKnown,
  parameterPaths,
  shapeText,
  type Network,
  type Node,
  type NodeId,
  type Parameter,
  type SourceSpan,
} from '../../network';
import { ProbeError } from '../failure';
import { neededNodes } from './graph';

/** The part of a network that is run. */
export interface Runnable {
  /** What the targets need, in topological order, the inputs included. */
  readonly nodes: readonly Node[];
  /** What those nodes use. */
  readonly parameters: readonly Parameter[];
}

/**
 * Checks that the network can be run as far as `targets`.
 *
 * @throws ProbeError that names the line which is not known, or what does not fit.
 */
export function runnable(network: Network, targets: readonly NodeId[]): Runnable {
  const contradiction = network.notes.find(({ kind }) => kind === 'contradiction');
  if (contradiction !== undefined)
    throw refuse(`line ${lineOf(contradiction.span)} cannot run: ${contradiction.message}`, contradiction.span);
  const nodes = neededNodes(network, new Set(), targets);
  for (const { op, span } of nodes) {
    if (op.kind === 'opaque') throw refuse(`line ${lineOf(span)} is not known: ${op.reason}`, span);
    if (op.kind === 'constant' && op.content.kind === 'unknown')
      throw refuse(`the tensor in line ${lineOf(span)} is not known: ${op.content.reason}`, span);
  }
  return { nodes, parameters: parametersOf(network, nodes) };
}

function parametersOf(network: Network, nodes: readonly Node[]): Parameter[] {
  const used = new Map(nodes.flatMap((node) => parameterPaths(node.op).map((path) => [path, node] as const)));
  const parameters = network.parameters.filter(({ path }) => used.has(path));
  for (const { path } of parameters) used.delete(path);
  const [missing] = used;
  if (missing !== undefined)
    throw refuse(`the parameter ${missing[0]} in line ${lineOf(missing[1].span)} is not known`, missing[1].span);
  const unsized = parameters.find(({ shape }) => !shape.every(isKnown));
  if (unsized !== undefined)
    throw refuse(
      `the size ${shapeText(unsized.shape)} of ${unsized.path} (line ${lineOf(unsized.span)}) is not known`,
      unsized.span,
    );
  return parameters;
}

export function lineOf(span: SourceSpan): string {
  return String(span.start.line + 1);
}

/** A refusal of the whole network, or of one place in it. */
export function refuse(message: string, span?: SourceSpan): ProbeError {
  return new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: ${message}`,
    ...(span !== undefined && { span }),
  });
}
