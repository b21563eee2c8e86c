import type { DepthSignal } from '../theory';
import type { Finding, Fix } from './finding';
import { mismatchesOf } from './mismatch';
import { activationName, initializerName, times } from './names';
import { formatNumber } from './numbers';
import { hasNoCriticalPoint, initializationFixes, replacementFixes } from './remedy';
import type { RuleContext } from './rule';
import { gradientFault, type GradientFault } from './severity';

/** What the rules for the two directions have in common: one finding, on the model. */
export function gradientFinding(
  rule: string,
  direction: GradientFault['direction'],
  citation: string,
  context: RuleContext,
): readonly Finding[] {
  const { network, report } = context;
  const { depth } = report;
  const fault = gradientFault(context);
  if (!depth || fault?.direction !== direction) return [];
  return [
    {
      rule,
      severity: fault.severity,
      network: network.name,
      span: network.span,
      related: [],
      message: `${travelText(depth)}${likenessText(context, fault)} ${consequence(fault)}${causeText(context, fault)}`,
      label: `gradient ${times(depth.gain)} over depth`,
      quantity: { name: 'gradient gain over the depth', value: depth.gain, unit: '×', expected: '0.02 to 50' },
      evidence: ['predicted'],
      confidence: report.confidence,
      citation,
      parameters: weightsAtFault(context, fault),
      fixes: fault.severity === 'information' ? [] : fixesOf(context, fault),
    },
  ];
}

/** Those of the layers whose initialiser and activation drive it, where such are found; else the whole depth is to blame. */
function weightsAtFault(context: RuleContext, fault: GradientFault): readonly string[] {
  const layers = mismatchesOf(context, fault).flatMap((mismatch) => mismatch.layers);
  if (layers.length > 0) return [...new Set(layers.map(({ op }) => op.weight))];
  return context.network.parameters.filter(({ role }) => role === 'weight').map(({ path }) => path);
}

function travelText({ steps, gain, gainPerLayer, logGainRange }: DepthSignal): string {
  const way = `from the last to the first of ${steps + 1} weight layers`;
  if (!logGainRange)
    return `The gradient's norm is predicted to change by ${times(gain)} ${way} (${times(gainPerLayer)} a layer).`;
  const [low, high] = logGainRange.map((logGain) => times(Math.exp(logGain / 2)));
  return `The gradient's norm is predicted to change by ${low ?? ''} to ${high ?? ''} ${way}; it differs between seeds.`;
}

/** Where biases drown the signal the gradient fades with it: then inputs are alike at the end. */
function likenessText({ report }: RuleContext, { direction }: GradientFault): string {
  const last = report.layers.at(-1);
  const unlike = 1 - ((last && report.signals[last.node]?.correlation) ?? 0);
  if (direction === 'exploding' || unlike > 0.01) return '';
  return ` Two inputs with nothing in common come out all but alike (correlation ${unlike < 1e-12 ? '1' : `1 − ${formatNumber(unlike)}`}).`;
}

function consequence({ direction, severity }: GradientFault): string {
  if (severity === 'information')
    return direction === 'vanishing'
      ? 'It may start slowly with plain SGD.'
      : 'Its first layers learn faster than its last: keep the learning rate low at the start.';
  if (direction === 'exploding') return 'Small changes of the input become noise, and the first steps overshoot.';
  return severity === 'error'
    ? 'Its first layers get nothing to learn from: SGD does not train it, and Adam seldom does.'
    : 'Its first layers hardly get anything to learn from: plain SGD stalls at the start, Adam mostly gets it going.';
}

function causeText(context: RuleContext, fault: GradientFault): string {
  const [main] = mismatchesOf(context, fault);
  if (!main || fault.severity === 'information') return '';
  const name = activationName(main.activation);
  if (hasNoCriticalPoint(main.activation)) return ` Hidden ${name} layers do that with every initialiser.`;
  const drawn = initializerName(main.initializer, context.network.framework);
  return ` The cause is ${drawn} (σ_w² = ${formatNumber(main.weightVariance)}) with ${name}.`;
}

function fixesOf(context: RuleContext, fault: GradientFault): readonly Fix[] {
  const [main] = mismatchesOf(context, fault);
  if (!main) return [];
  const { activation, activations, layers } = main;
  return hasNoCriticalPoint(activation)
    ? replacementFixes(context, layers, activations)
    : initializationFixes(context, layers, activation);
}
