import type { Node } from '../network';
import type { Finding } from './finding';
import { initializerName, layersText } from './names';
import { formatNumber } from './numbers';
import { initializationFixes } from './remedy';
import type { Rule, RuleContext } from './rule';
import { linksOf, spansOf } from './structure';

const id = 'selu-without-lecun';
const citation =
  'Klambauer et al. 2017, eq. 14 and Theorem 1 (fixed point for σ_w² = 1); §“Initialization”, “New Dropout Technique”';

/** |ln σ_w²| up to which the fixed point is near mean 0 and variance 1. */
const TOLERANCE = 0.2;
/** From so many layers on the lost normalisation is felt. */
const DEEP = 8;

/** SELU keeps mean 0 and variance 1 only from LeCun-normal weights, and only under alpha dropout. */
export const seluWithoutLecun: Rule = {
  id,
  title: 'SELU without its conditions',
  defaultSeverity: 'warning',
  citation,
  check: (context) => [...wrongWeights(context), ...wrongDropout(context)],
};

function wrongWeights(context: RuleContext): readonly Finding[] {
  const { network, report } = context;
  if (report.confidence === 'low') return [];
  const selu = linksOf(network).filter(({ activation }) => activation.op.activation.kind === 'selu');
  const variances = new Map(report.layers.map(({ node, weightVariance }) => [node, weightVariance]));
  const wrong = selu.filter(({ after }) => {
    const variance = variances.get(after.id);
    return variance !== undefined && variance > 0 && Math.abs(Math.log(variance)) > TOLERANCE;
  });
  // The last layer's output is not normalised by SELU any more: with it alone nothing is lost.
  const hidden = wrong.filter(({ after }) => selu.some(({ before }) => before.id === after.id));
  const [first] = hidden;
  const variance = first && variances.get(first.after.id);
  const parameter = network.parameters.find(({ path }) => path === first?.after.op.weight);
  if (!first || variance === undefined || !parameter) return [];
  const layers = [
    ...new Map(wrong.flatMap(({ before, after }) => [before, after]).map((node) => [node.id, node])).values(),
  ];
  const { origin } = parameter.initializer;
  const spans = origin.kind === 'source' ? [origin.span] : spansOf(layers);
  return [
    {
      rule: id,
      severity: hidden.length >= DEEP ? 'warning' : 'information',
      network: network.name,
      span: spans[0] ?? first.after.span,
      related: spans.slice(1),
      message:
        `SELU normalises its own activations only with LeCun-normal weights (σ_w² = 1); ${layersText(layers)} start from ` +
        `${initializerName(parameter.initializer, network.framework)} with σ_w² = ${formatNumber(variance)}.`,
      label: `SELU with σ_w² ${formatNumber(variance)}`,
      quantity: { name: 'σ_w² = fan_in · Var(W)', value: variance, unit: '', expected: '1' },
      evidence: ['predicted'],
      confidence: report.confidence,
      citation,
      parameters: layers.map(({ op }) => op.weight),
      fixes: initializationFixes(context, layers, { kind: 'selu' }),
    },
  ];
}

function wrongDropout({ network, report }: RuleContext): readonly Finding[] {
  const nn = network.initializationSite?.nn;
  return network.nodes.flatMap((node): readonly Finding[] => {
    const before = network.nodes[node.inputs[0] ?? -1];
    if (node.op.kind !== 'dropout' || node.op.variant === 'alpha' || node.op.rate === 0) return [];
    if (before?.op.kind !== 'activation' || before.op.activation.kind !== 'selu') return [];
    const { rate } = node.op;
    return [
      {
        rule: id,
        severity: 'information',
        network: network.name,
        span: node.span,
        related: [],
        message: `Dropout of ${rate} after SELU multiplies the variance by ${formatNumber(1 / (1 - rate))} in training; AlphaDropout keeps mean 0 and variance 1.`,
        label: `variance ×${formatNumber(1 / (1 - rate))}`,
        quantity: { name: 'factor of the variance', value: 1 / (1 - rate), unit: '×', expected: '1' },
        evidence: ['predicted'],
        confidence: report.confidence === 'low' ? 'medium' : report.confidence,
        citation,
        parameters: [],
        fixes:
          nn !== undefined && isModule(node)
            ? [{ title: 'AlphaDropout', edits: [{ span: node.span, newText: `${nn}.AlphaDropout(p=${rate})` }] }]
            : [],
      },
    ];
  });
}

/** Made by a call of its own and applied elsewhere: its span is that of the constructor. */
function isModule({ path, callSpan }: Node): boolean {
  return path !== '' && callSpan !== undefined;
}
