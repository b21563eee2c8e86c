import type { Finding } from './finding';
import { mismatchesOf, type Mismatch } from './mismatch';
import { activationName, initializerName, layersText, times } from './names';
import { formatNumber } from './numbers';
import { hasNoCriticalPoint, initializationFixes, remedyFor, replacementFixes } from './remedy';
import type { Rule, RuleContext } from './rule';
import { gradientFault } from './severity';
import { spansOf } from './structure';

const id = 'initializer-activation-mismatch';
const citation =
  'Schoenholz et al. 2017, eq. 5 (χ₁ = σ_w²·E[φ′²]); He et al. 2015, eq. 10; Glorot & Bengio 2010, eq. 12';

/** The cause of a gradient that does not survive the depth, at the lines that draw the weights. SELU has a rule of its own. */
export const initializerActivationMismatch: Rule = {
  id,
  title: 'Initialiser does not fit the activation',
  defaultSeverity: 'warning',
  citation,
  check: (context) => {
    const fault = gradientFault(context);
    if (!fault || fault.severity === 'information') return [];
    return mismatchesOf(context, fault)
      .filter(({ activation }) => activation.kind !== 'selu')
      .flatMap((mismatch) => findingOf(mismatch, context));
  },
};

function findingOf(mismatch: Mismatch, context: RuleContext): readonly Finding[] {
  const { network, report } = context;
  const { activation, initializer, layers, gainPerLayer } = mismatch;
  const { origin } = initializer;
  const spans = origin.kind === 'source' ? [origin.span] : spansOf(layers);
  const [span, ...related] = spans;
  if (!span) return [];
  const hopeless = hasNoCriticalPoint(activation);
  return [
    {
      rule: id,
      severity: 'warning',
      network: network.name,
      span,
      related,
      message: messageOf(mismatch, initializerName(initializer, network.framework)),
      label: `gain ${formatNumber(gainPerLayer)}/layer`,
      quantity: { name: 'gradient gain a layer', value: gainPerLayer, unit: '×', expected: 'about 1' },
      evidence: ['predicted'],
      confidence: report.confidence,
      citation,
      parameters: layers.map(({ op }) => op.weight),
      fixes: hopeless
        ? replacementFixes(context, layers, mismatch.activations)
        : initializationFixes(context, layers, activation),
    },
  ];
}

function messageOf({ activation, layers, weightVariance, gainPerLayer }: Mismatch, drawn: string): string {
  const name = activationName(activation);
  const many = layers.length > 1;
  const start = `${layersText(layers)} ${many ? 'start' : 'starts'} from ${drawn} (σ_w² = ${formatNumber(weightVariance)})`;
  const effect = `with ${name} the gradient's norm changes by ${times(gainPerLayer)} at each`;
  const remedy = remedyFor(activation, layers.length);
  const advice = hasNoCriticalPoint(activation)
    ? `No initialisation keeps a gradient through hidden ${name} layers: use ReLU, GELU or tanh there.`
    : remedy
      ? `${remedy.name} keeps it.`
      : 'Choose σ_w² so that σ_w²·E[φ′²] is 1.';
  return `${start}; ${effect}, predicted for wide layers. ${advice}`;
}
