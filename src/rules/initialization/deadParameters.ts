import type { Network, Parameter, SourceSpan } from '../../network';
import type { Finding, Fix } from '../finding';
import { identicalUnits } from '../identicalUnits';
import { predictedFinding } from '../predicted';
import { rewrittenCall } from '../remedy';
import type { Rule } from '../rule';
import { blocksBehind } from './blocks';
import { stillnessOf } from './stillness';

const about = {
  id: 'dead-parameters',
  title: 'Parameters that never get a gradient',
  defaultSeverity: 'error',
  citation:
    'The chain rule: ∂L/∂W = δ·hᵀ is zero where h or δ is; Zhang, Dauphin & Ma 2019, §3 (which zeros wake again); Hu et al. 2022, §4.1 (LoRA: one of two)',
} as const;

/**
 * Zeros in series: each waits for the other to let a gradient through, for ever. One zero alone (the last layer of a residual branch, a
 * gate, LoRA's B, a head) wakes with the first steps, and is not told.
 */
export const deadParameters: Rule = {
  ...about,
  check: (context): readonly Finding[] => {
    const { network } = context;
    const still = stillnessOf(network);
    if (still.parameters.length === 0) return [];
    const told = new Set(identicalUnits.check(context).flatMap(({ parameters }) => parameters));
    const dead = still.parameters.filter(({ path }) =>
      blocksBehind(path, network, still).every(({ block }) => block === 'zero'),
    );
    const causes = dead.filter(({ path, role }) => still.zeros.has(path) && role !== 'bias' && role !== 'normShift');
    const [first, ...others] = causes.filter(({ path }) => !told.has(path));
    // A softmax over one element has a rule of its own.
    if (!first) return [];
    const spans = uniqueSpans([first, ...others].map(placeOf));
    const names = causes.slice(0, 3).map(({ path }) => path);
    const more = causes.length > 3 ? ` and ${causes.length - 3} more` : '';
    return [
      predictedFinding(about, context, {
        span: spans[0] ?? first.span,
        related: spans.slice(1),
        message: `${names.join(', ')}${more} start at zero, one behind the other: no gradient ever reaches ${dead.length === 1 ? 'it' : `${dead.length} tensors of parameters`}, in whatever step. Start one of them at random.`,
        label: `${dead.length} without gradient`,
        quantity: {
          name: 'parameter tensors that never get a gradient',
          value: dead.length,
          unit: 'tensors',
          expected: '0',
        },
        parameters: dead.map(({ path }) => path),
        fixes: [first, ...others].flatMap((parameter) => fixesOf(parameter, network)).slice(0, 1),
      }),
    ];
  },
};

/** The call that makes it zero, else the one that makes the tensor. */
function placeOf({ initializer: { origin }, span }: Parameter): SourceSpan {
  return origin.kind === 'source' ? origin.span : span;
}

function uniqueSpans(spans: readonly SourceSpan[]): readonly SourceSpan[] {
  return [...new Map(spans.map((span) => [span.start.offset, span])).values()];
}

/** The call that makes it zero draws at random. */
function fixesOf({ path, initializer: { origin } }: Parameter, { framework }: Network): readonly Fix[] {
  if (framework !== 'pytorch' || origin.kind !== 'source') return [];
  const { span, text } = origin;
  const newText = rewrittenCall(text, (weight) => `xavier_uniform_(${weight})`) ?? randomTensor(text);
  return newText === undefined ? [] : [{ title: `Draw ${path} at random`, edits: [{ span, newText }] }];
}

/** `nn.Parameter(torch.zeros(8, 16))` → `nn.Parameter(0.02 * torch.randn(8, 16))` */
function randomTensor(text: string): string | undefined {
  const zeros = /\btorch\.zeros\(/;
  return zeros.test(text) ? text.replace(zeros, '0.02 * torch.randn(') : undefined;
}
