import { gradientFinding } from './gradientOverDepth';
import type { Rule } from './rule';

const citation = 'Schoenholz et al. 2017, §5 (χ₁ and the depth scale ξ); Glorot & Bengio 2010';

/** The gradient fades on its way to the first layers. */
export const vanishingGradient: Rule = {
  id: 'vanishing-gradient',
  title: 'Gradient vanishes over the depth',
  defaultSeverity: 'error',
  citation,
  check: (context) => gradientFinding('vanishing-gradient', 'vanishing', citation, context),
};
