import {
  isKnown,
  mean,
  parametersByPath,
  partsOf,
  type Network,
  type Node,
  type OpOf,
  type Parameter,
} from '../../network';

/** A recurrent layer over a sequence of known length. */
export interface RecurrentLayer {
  readonly node: Node;
  readonly op: OpOf<'recurrent'>;
  readonly steps: number;
}

/** The recurrent layers whose number of steps is known; of one that gives several results, one. */
export function recurrentLayers({ nodes }: Network): readonly RecurrentLayer[] {
  const layers = new Map<string, RecurrentLayer>();
  for (const node of nodes) {
    const steps = nodes[node.inputs[0] ?? -1]?.shape?.[1];
    if (node.op.kind === 'recurrent' && isKnown(steps))
      layers.set(node.op.recurrentWeight, { node, op: node.op, steps });
  }
  return [...layers.values()];
}

/** E of the bias of the forget gate, both paths added; undefined where it is unknown. */
export function forgetBias({ op }: RecurrentLayer, { parameters }: Network): number | undefined {
  const byPath = parametersByPath(parameters);
  let sum = 0;
  for (const path of [op.inputBias, op.recurrentBias]) {
    if (path === undefined) continue;
    const parameter = byPath.get(path);
    const part = parameter && secondQuarter(parameter);
    const center = part && mean(part.initializer);
    if (center === undefined) return undefined;
    sum += center;
  }
  return sum;
}

/** Of the gates i, f, g, o the second. */
function secondQuarter(parameter: Parameter): Parameter | undefined {
  const { distribution } = parameter.initializer;
  if (distribution.kind !== 'partitioned') return parameter;
  const total = distribution.parts.reduce((sum, { size }) => sum + size, 0);
  let passed = 0;
  return partsOf(parameter).find((_, index) => (passed += distribution.parts[index]?.size ?? 0) > 0.375 * total);
}
