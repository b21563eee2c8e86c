import assert from 'node:assert/strict';
import type { Analysis, ModelAnalysis } from '../../src/analysis';
import { isKnown, parameterPaths, type Network, type NodeId } from '../../src/network';

/** What must hold of every analysis, whatever the text. @throws AssertionError where it does not */
export function checkAnalysis({ models }: Analysis): void {
  for (const model of models) {
    checkNetwork(model.network);
    checkFindings(model);
  }
}

function checkNetwork({ nodes, inputs, outputs, parameters }: Network): void {
  const paths = new Set(parameters.map(({ path }) => path));
  assert.equal(paths.size, parameters.length, 'two parameters of one path');
  for (const [index, node] of nodes.entries()) {
    assert.equal(node.id, index);
    assert.ok(
      node.inputs.every((input) => input < index),
      'an input that comes later',
    );
    for (const path of parameterPaths(node.op)) assert.ok(paths.has(path), `${path} is used and not listed`);
  }
  for (const id of [...inputs, ...outputs]) assert.ok(nodes[id], 'an input or output that is not there');
  for (const { path, shape } of parameters)
    for (const size of shape)
      if (isKnown(size)) assert.ok(Number.isInteger(size) && size >= 0, `${path} has the size ${size}`);
}

/** Numbers in findings are numbers; and what stands behind an operation that is not understood is not judged. */
function checkFindings({ network, findings }: ModelAnalysis): void {
  const opaque = behindOpaque(network);
  for (const { rule, quantity, parameters } of findings) {
    assert.ok(!Number.isNaN(quantity.value), `${rule} says NaN`);
    const blamed = network.nodes.filter((node) => parameterPaths(node.op).some((path) => parameters.includes(path)));
    assert.ok(blamed.length === 0 || blamed.some(({ id }) => !opaque.has(id)), `${rule} judges an opaque path`);
  }
}

/** The nodes whose values depend on what is not understood. */
function behindOpaque({ nodes }: Network): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  for (const { id, op, inputs } of nodes)
    if (op.kind === 'opaque' || inputs.some((input) => found.has(input))) found.add(id);
  return found;
}
