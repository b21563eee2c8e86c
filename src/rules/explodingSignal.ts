import type { Rule, RuleContext } from './rule';
import { signalFinding, type SignalFault } from './signalSize';

const id = 'exploding-signal';
const citation = 'Poole et al. 2016, eq. 3 (the length map); Hayou et al. 2021 (residual branches without scaling)';

/** Logits of this second moment start with a loss of tens (ln K + q/2 while small); ten residual He blocks reach it. */
const OUTPUT_WARNING = 1e3;
const OUTPUT_ERROR = 1e5;
/** Inside, where a norm may follow: squares of float16 and bfloat16 sums are lost. */
const INSIDE_WARNING = 1e6;
const INSIDE_ERROR = 1e12;

/** Activations grow from layer to layer. */
export const explodingSignal: Rule = {
  id,
  title: 'Signal explodes on the way forward',
  defaultSeverity: 'error',
  citation,
  check: (context) =>
    signalFinding(
      id,
      citation,
      context,
      faultOf(context),
      'The first loss is enormous and the first steps overshoot: scale residual branches by 1/√L, add a norm, or start from smaller weights.',
    ),
};

function faultOf({ network, report }: RuleContext): SignalFault | undefined {
  const largest = report.layers.toSorted((a, b) => b.secondMoment - a.secondMoment)[0];
  if (!largest) return undefined;
  const { secondMoment } = largest;
  // What all outputs have in common (a bias of −4.6 times the scale of CLIP's logits) is not a signal that has exploded.
  const output = Math.max(
    0,
    ...network.outputs.map((id) => {
      const signal = report.signals[id];
      return signal ? signal.secondMoment - signal.mean ** 2 : 0;
    }),
  );
  if (secondMoment >= INSIDE_ERROR || output >= OUTPUT_ERROR) return { layer: largest, severity: 'error' };
  if (secondMoment >= INSIDE_WARNING || output >= OUTPUT_WARNING) return { layer: largest, severity: 'warning' };
  return undefined;
}
