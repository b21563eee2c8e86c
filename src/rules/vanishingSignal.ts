import type { Rule, RuleContext } from './rule';
import { signalFinding, type SignalFault } from './signalSize';

const id = 'vanishing-signal';
const citation = 'Poole et al. 2016, eq. 3 (the length map); He et al. 2015, eq. 7';

/** q below which a float32 activation is lost beside anything else, and below which its square underflows soon. */
const WARNING = 1e-9;
const ERROR = 1e-16;

/** Activations shrink to nothing on their way to the output. A layer that starts at zero does so by design. */
export const vanishingSignal: Rule = {
  id,
  title: 'Signal vanishes on the way forward',
  defaultSeverity: 'error',
  citation,
  check: (context) =>
    signalFinding(id, citation, context, faultOf(context), 'Hardly anything of the input reaches the output.'),
};

function faultOf({ report }: RuleContext): SignalFault | undefined {
  const small = report.layers.filter(({ secondMoment }) => secondMoment > 0 && secondMoment < WARNING);
  const [first] = small;
  if (!first) return undefined;
  return { layer: first, severity: small.some(({ secondMoment }) => secondMoment < ERROR) ? 'error' : 'warning' };
}
