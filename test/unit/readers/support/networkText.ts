import {
  parameterCount,
  shapeText,
  type Distribution,
  type Network,
  type Node,
  type Op,
  type Parameter,
} from '../../../../src/network';
import type { ReadResult } from '../../../../src/readers';

/** Everything that is read, as text that people can check: the golden files hold it. */
export function resultText({ networks, notes }: ReadResult): string {
  const parts = networks.map(networkText);
  if (notes.length > 0) parts.push(['outside of any network', ...notes.map(noteText)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

export function networkText(network: Network): string {
  const { name, span, nodes, inputs, outputs, parameters, losses, notes, initializationSite: site } = network;
  const head = `${name} (line ${span.start.line + 1}): ${nodes.length} nodes, ${parameters.length} parameters, ${parameterCount(network) ?? 'unknown'} numbers`;
  return [
    head,
    `inputs ${inputs.join(' ')}, outputs ${outputs.join(' ')}`,
    ...nodes.map(nodeText),
    ...parameters.map(parameterText),
    ...(network.buffers ?? []).map(
      ({ path, shape }) => `  buffer ${path} ${shape ? shapeText(shape) || 'scalar' : '?'}`,
    ),
    ...(network.unlistedParameters ?? []).map((reason) => `  more parameters: ${reason}`),
    ...losses.map((loss) => `loss ${loss.kind} (line ${loss.span.start.line + 1})`),
    ...notes.map(noteText),
    site
      ? `initialise at line ${site.at.start.line + 1} column ${site.at.start.column}: indent ${site.indent.length}, ${site.receiver}, ${site.nn ?? 'nn not imported'}`
      : 'no place to initialise',
  ].join('\n');
}

function nodeText({ id, op, inputs, shape, path, span, callSpan }: Node): string {
  const lines = callSpan ? `${span.start.line + 1}/${callSpan.start.line + 1}` : String(span.start.line + 1);
  const from = inputs.length > 0 ? ` of ${inputs.join(', ')}` : '';
  return `  ${id} ${opText(op)}${from} → ${shape ? shapeText(shape) : '?'}  [${path}] line ${lines}`;
}

function opText({ kind, ...fields }: Op): string {
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  return shown.length > 0 ? `${kind}(${shown.join(' ')})` : kind;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value === 'object' && value !== null && 'symbol' in value) return String(value.symbol);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parameterText({ path, shape, role, initializer, span }: Parameter): string {
  const origin = initializer.origin.kind === 'source' ? `line ${initializer.origin.span.start.line + 1}` : 'default';
  return `  ${path} ${shapeText(shape) || 'scalar'} ${role}: ${distributionText(initializer.distribution)} (${origin}), made in line ${span.start.line + 1}`;
}

export function distributionText(distribution: Distribution): string {
  if (distribution.kind === 'partitioned') {
    const parts = distribution.parts.map((part) => `${part.size} of ${distributionText(part.distribution)}`);
    return `along axis ${distribution.axis} ${parts.join(', ')}`;
  }
  const { kind, ...fields } = distribution;
  const rounded = Object.entries(fields).map(([, value]) =>
    typeof value === 'number' ? Number(value.toPrecision(8)) : value,
  );
  return [kind, ...rounded].join(' ');
}

function noteText({ kind, message, span }: { kind: string; message: string; span: Network['span'] }): string {
  return `  ${kind} (line ${span.start.line + 1}): ${message}`;
}
