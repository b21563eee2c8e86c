import {
  isKnown,
  shapeText,
  type Network,
  type Node,
  type NodeId,
  type Parameter,
  type SourceSpan,
} from '../../network';
import { ProbeError } from '../failure';
import type { InputSource } from '../protocol';
import { neededNodes } from './graph';
import { unsupportedSpace } from './operations/space';

/** The part of a network that a probe runs. */
export interface Probeable {
  readonly input: NodeId;
  readonly output: NodeId;
  /** What the output needs, in topological order, the input included. */
  readonly nodes: readonly Node[];
  /** What those nodes use. */
  readonly parameters: readonly Parameter[];
}

/**
 * Checks that the network can be run on this input.
 *
 * @throws ProbeError that names the line which is not known, or what does not fit.
 */
export function probeable(network: Network, source: InputSource): Probeable {
  const [output, ...others] = network.outputs;
  if (output === undefined) throw refuse(`${network.name} has no output that is known`, network.span);
  if (others.length > 0) throw refuse(`${network.name} has several outputs`, network.span);
  const contradiction = network.notes.find(({ kind }) => kind === 'contradiction');
  if (contradiction !== undefined)
    throw refuse(`line ${lineOf(contradiction.span)} cannot run: ${contradiction.message}`, contradiction.span);
  const nodes = neededNodes(network, new Set(), [output]);
  for (const node of nodes) checkNode(node);
  const inputs = nodes.filter(({ op }) => op.kind === 'input');
  const [input] = inputs;
  if (input === undefined) throw refuse(`the output of ${network.name} does not depend on an input`, network.span);
  if (inputs.length > 1)
    throw refuse(`${network.name} takes ${String(inputs.length)} inputs; a probe feeds one`, network.span);
  checkInput(input, source);
  return { input: input.id, output, nodes, parameters: parametersOf(network, nodes) };
}

function checkNode(node: Node): void {
  const { op, span } = node;
  if (op.kind === 'opaque') throw refuse(`line ${lineOf(span)} is not known: ${op.reason}`, span);
  if (op.kind === 'conv' || op.kind === 'pool') {
    if (op.kernel.length > 2) throw unsupportedSpace(node, op.kernel.length);
    const padding = typeof op.padding === 'string' ? [] : op.padding;
    const dilation = op.kind === 'conv' ? [...op.dilation, op.groups] : [];
    for (const size of [...op.kernel, ...op.stride, ...padding, ...dilation])
      if (!isKnown(size)) throw refuse(`the size ${size.symbol} in line ${lineOf(span)} is not known`, span);
  }
}

function checkInput(input: Node, { batch, shape }: InputSource): void {
  for (const size of [batch, ...shape])
    if (!Number.isInteger(size) || size < 1) throw refuse(`the input's size ${[batch, ...shape].join('×')} is not one`);
  const expected = input.shape?.slice(1);
  if (expected === undefined) return;
  const fits = expected.length === shape.length && expected.every((size, i) => !isKnown(size) || size === shape[i]);
  if (!fits)
    throw refuse(`a sample of the input is ${shapeText(expected)}, and ${shape.join('×')} was given`, input.span);
}

/** The paths of parameters that a node uses; fields of `Op` that hold one are known by name. */
export function parameterPaths({ op }: Node): string[] {
  const paths: (string | undefined)[] = [];
  if ('weight' in op) paths.push(op.weight);
  if ('bias' in op) paths.push(op.bias);
  if ('scale' in op && typeof op.scale === 'string') paths.push(op.scale);
  if ('shift' in op) paths.push(op.shift);
  if ('slope' in op) paths.push(op.slope);
  return paths.filter((path) => path !== undefined);
}

function parametersOf(network: Network, nodes: readonly Node[]): Parameter[] {
  const used = new Map(nodes.flatMap((node) => parameterPaths(node).map((path) => [path, node] as const)));
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

function lineOf(span: SourceSpan): string {
  return String(span.start.line + 1);
}

function refuse(message: string, span?: SourceSpan): ProbeError {
  return new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: ${message}`,
    ...(span !== undefined && { span }),
  });
}
