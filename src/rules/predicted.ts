import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';

/** What a rule has to say of one finding itself. */
export type OwnPart = Pick<Finding, 'span' | 'message' | 'label' | 'quantity'> &
  Partial<Pick<Finding, 'severity' | 'related' | 'confidence' | 'parameters' | 'fixes'>>;

/** A finding that rests on the source alone: of the rule's own severity, and certain, where nothing else is said. */
export function predictedFinding(
  { id, defaultSeverity, citation }: Pick<Rule, 'id' | 'defaultSeverity' | 'citation'>,
  { network }: RuleContext,
  { severity = defaultSeverity, related = [], confidence = 'high', parameters = [], fixes = [], ...own }: OwnPart,
): Finding {
  return {
    rule: id,
    network: network.name,
    severity,
    related,
    confidence,
    parameters,
    fixes,
    evidence: ['predicted'],
    citation,
    ...own,
  };
}
