import type { Node } from '../../network';
import type { Finding, Fix } from '../finding';
import { blocksBehind } from '../initialization/blocks';
import { stillnessOf } from '../initialization/stillness';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { callParts, textOf } from '../source';

const about = {
  id: 'no-gradient-operation',
  title: 'Operation that passes no gradient',
  defaultSeverity: 'error',
  citation:
    'Bengio, Léonard & Courville 2013, §1 and §5 (straight-through estimator); the derivative of a step is zero almost everywhere',
} as const;

/**
 * Rounding, a sign, an argmax or a comparison on the only way from parameters to the output: they never get a gradient. With a detached
 * difference beside it (straight-through), or another way around, nothing is said; nor of what was detached on purpose.
 */
export const noGradientOperation: Rule = {
  ...about,
  check: (context) => {
    const { network } = context;
    const still = stillnessOf(network);
    const groups = new Map<number, { node: Node; paths: string[] }>();
    for (const { path } of still.parameters) {
      const blocks = blocksBehind(path, network, still);
      const [first] = blocks.filter(({ block }) => block === 'discrete');
      if (!first || blocks.some(({ block }) => block === 'detached')) continue;
      const group = groups.get(first.node.span.start.offset) ?? { node: first.node, paths: [] };
      group.paths.push(path);
      groups.set(first.node.span.start.offset, group);
    }
    return [...groups.values()].map(({ node, paths }): Finding => {
      const name = operationName(node);
      const atOutput = isAtOutput(node, context);
      return predictedFinding(about, context, {
        // A model that gives classes may be meant for use only.
        severity: atOutput && network.losses.length === 0 ? 'information' : 'error',
        span: node.span,
        message: `${name} has the derivative 0 wherever it has one, and no other way leads around it: ${paths.length === 1 ? `${paths[0] ?? ''} gets` : `${paths.length} tensors of parameters before it get`} no gradient. ${atOutput ? 'Train on the scores, and take the class where it is shown.' : 'Pass the gradient on as if it were not there: x + (f(x) − x).detach().'}`,
        label: `${paths.length} without gradient`,
        quantity: { name: 'parameter tensors without a gradient', value: paths.length, unit: 'tensors', expected: '0' },
        parameters: paths,
        fixes: straightThrough(node, context),
      });
    });
  },
};

function operationName({ op }: Node): string {
  switch (op.kind) {
    case 'activation':
      return op.activation.kind === 'sign' ? 'The sign' : op.activation.kind === 'floor' ? 'Floor' : 'Rounding';
    case 'argExtremum':
      return `Arg${op.which}`;
    case 'topK':
      return 'The index of the largest';
    case 'compare':
    case 'where':
      return 'A comparison';
    default:
      return 'A choice by whole numbers';
  }
}

const shaping: ReadonlySet<string> = new Set(['identity', 'flatten', 'reshape', 'squeeze', 'unsqueeze', 'affine']);

function isAtOutput({ id }: Node, { network: { nodes, outputs } }: RuleContext): boolean {
  return outputs.some((output) => {
    let node = nodes[output];
    while (node && node.id !== id && shaping.has(node.op.kind)) node = nodes[node.inputs[0] ?? -1];
    return node?.id === id;
  });
}

/** `torch.round(h)` → `(h + (torch.round(h) - h).detach())`, of a name only: nothing is computed twice. */
function straightThrough({ op, span }: Node, { network, text }: RuleContext): readonly Fix[] {
  if (network.framework !== 'pytorch' || op.kind !== 'activation' || text === undefined) return [];
  const call = textOf(span, text);
  const parts = callParts(call);
  const dot = parts?.head.lastIndexOf('.') ?? -1;
  if (!parts || dot < 0) return [];
  const value = parts.first === '' ? parts.head.slice(0, dot) : parts.first;
  if (!/^[A-Za-z_][\w.]*$/.test(value)) return [];
  return [
    {
      title: 'Straight-through: pass the gradient on',
      edits: [{ span, newText: `(${value} + (${call} - ${value}).detach())` }],
    },
  ];
}
