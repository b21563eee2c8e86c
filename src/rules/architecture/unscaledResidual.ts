import type { TextEdit } from '../../network';
import type { Finding, Fix } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { operandsOfSum, textOf } from '../source';
import { isNormalizing, spansOf } from '../structure';
import { branchWeights, residualsOf, type Residual } from './residuals';

const about = {
  id: 'unscaled-residual',
  title: 'Residual branches without scaling',
  defaultSeverity: 'warning',
  citation:
    'Hayou et al. 2021, Stable ResNet, §3 (2^L without scaling, bounded with 1/√L); Zhang, Dauphin & Ma 2019, Theorem 1',
} as const;

/** Growth of the second moment over all joins: 4 blocks of He (16) train, 16 (65,536) give NaN at the second step. */
const GROWTH = 500;

/** A residual network without norms whose signal doubles, or worse, with each block: the cause behind an exploding signal. */
export const unscaledResidual: Rule = {
  ...about,
  check: (context): readonly Finding[] => {
    const { network, report } = context;
    if (report.confidence === 'low' || network.nodes.some(isNormalizing)) return [];
    const joins = residualsOf(network);
    let growth = 1;
    for (const { add, skip } of joins) {
      const [before, after] = [report.signals[skip], report.signals[add.id]];
      if (!before || !after || before.secondMoment === 0) return [];
      growth *= after.secondMoment / before.secondMoment;
    }
    const [span, ...related] = spansOf(joins.map(({ add }) => add));
    const [start, end] = [report.signals[joins[0]?.skip ?? -1], report.signals[joins.at(-1)?.add.id ?? -1]];
    if (!(growth >= GROWTH) || !span || !start || !end) return [];
    // What halves the sum again keeps it: 0.5·(x + f(x)).
    if (end.secondMoment < GROWTH * start.secondMoment) return [];
    const each = growth ** (1 / joins.length);
    return [
      predictedFinding(about, context, {
        span,
        related,
        message: `Each of ${joins.length} residual branches adds its own variance, and no norm takes it away: the second moment grows by ×${formatNumber(each)} at each, by ×${formatNumber(growth)} over the depth. Multiply the branches by 1/√${joins.length} = ${formatNumber(scaleOf(joins))}, start their last layer at zero, or add norms.`,
        label: `signal ×${formatNumber(each)} a block`,
        quantity: {
          name: 'growth of the second moment over the depth',
          value: growth,
          unit: '×',
          expected: 'up to 20',
        },
        confidence: report.confidence,
        parameters: joins.flatMap((join) => branchWeights(join, network)),
        fixes: fixesOf(joins, context),
      }),
    ];
  },
};

const scaleOf = ({ length }: readonly Residual[]): number => Number((length ** -0.5).toPrecision(3));

/** `x + f(x)` → `x + 0.25 * f(x)`, where it can be seen which of the two is the branch. */
function fixesOf(joins: readonly Residual[], { network, text }: RuleContext): readonly Fix[] {
  if (network.framework === 'tfjs' || text === undefined) return [];
  const scale = scaleOf(joins);
  const edits = spansOf(joins.map(({ add }) => add)).map((span): TextEdit | undefined => {
    const operands = operandsOfSum(textOf(span, text));
    const branches = operands?.filter((operand) => operand.text.includes('(')) ?? [];
    const [branch] = branches;
    if (!branch || branches.length !== 1) return undefined;
    const at = { ...span.start, offset: span.start.offset + branch.start };
    // Only the offset counts where edits are applied to the text; the editor needs line and column too.
    const before = text.slice(span.start.offset, at.offset);
    const lines = before.split('\n');
    const line = span.start.line + lines.length - 1;
    const column = lines.length === 1 ? span.start.column + before.length : (lines.at(-1) ?? '').length;
    const place = { line, column, offset: at.offset };
    return { span: { ...span, start: place, end: place }, newText: `${scale} * ` };
  });
  const possible = edits.filter((edit) => edit !== undefined);
  if (possible.length < edits.length || possible.length === 0) return [];
  return [{ title: `Scale ${joins.length} residual branches by 1/√${joins.length} = ${scale}`, edits: possible }];
}
