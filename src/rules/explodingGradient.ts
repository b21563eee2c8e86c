import { gradientFinding } from './gradientOverDepth';
import type { Rule } from './rule';

const citation = 'Schoenholz et al. 2017, §5 (χ₁ > 1); Yang et al. 2019 for batch norm without skip connections';

/** The gradient grows on its way to the first layers. */
export const explodingGradient: Rule = {
  id: 'exploding-gradient',
  title: 'Gradient explodes over the depth',
  defaultSeverity: 'error',
  citation,
  check: (context) => gradientFinding('exploding-gradient', 'exploding', citation, context),
};
