import type { LayerSignal } from '../theory';
import type { Finding, Severity } from './finding';
import { formatNumber } from './numbers';
import type { RuleContext } from './rule';
import { gradientFault } from './severity';

/** A pre-activation that is too small or too large, and how bad that is. */
export interface SignalFault {
  readonly layer: LayerSignal;
  readonly severity: Severity;
}

/** What the rules for the two directions have in common: one finding, at the layer where it is worst. */
export function signalFinding(
  rule: string,
  citation: string,
  context: RuleContext,
  fault: SignalFault | undefined,
  consequence: string,
): readonly Finding[] {
  const { network, report } = context;
  const node = network.nodes[fault?.layer.node ?? -1];
  if (!fault || !node || (node.op.kind !== 'linear' && node.op.kind !== 'conv') || report.confidence === 'low')
    return [];
  // One cause is said once: what shrinks or grows both ways is told by its gradient.
  const gradient = gradientFault(context);
  if (gradient && gradient.severity !== 'information') return [];
  const { secondMoment } = fault.layer;
  const size = formatNumber(Math.sqrt(secondMoment));
  return [
    {
      rule,
      severity: fault.severity,
      network: network.name,
      span: node.span,
      related: [],
      message: `For input of size 1 this layer's output is predicted to have size ${size} (q = ${formatNumber(secondMoment)}). ${consequence}`,
      label: `signal ${size}`,
      quantity: {
        name: 'root mean square of the pre-activation',
        value: Math.sqrt(secondMoment),
        unit: '',
        expected: '0.001 to 30',
      },
      evidence: ['predicted'],
      confidence: report.confidence,
      citation,
      parameters: [node.op.weight],
      fixes: [],
    },
  ];
}
