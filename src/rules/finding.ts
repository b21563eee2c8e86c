import type { SourceSpan, TextEdit } from '../network';
import type { Confidence } from '../theory';

export type Severity = 'error' | 'warning' | 'information';

/** What a claim rests on: theory from source, a probe's measurement, or a training log. */
export type Evidence = 'predicted' | 'measured' | 'observed';

/** The number that proves a finding. */
export interface Quantity {
  /** In the field's own terms: `gradient gain over the depth`. */
  readonly name: string;
  readonly value: number;
  /** `×`, `layers`, `nats`; empty for a pure number. */
  readonly unit: string;
  /** What a healthy network shows, for people: `0.05 to 20`. */
  readonly expected: string;
}

/** An edit of the source that mends a finding. The title carries the change: `Xavier-normal for 30 layers: gradient over depth 6e-8 → 0.6`. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** What is wrong, how sure, why, where, and the edit that mends it. */
export interface Finding {
  /** The id of the rule in the catalogue, also the name of its page `media/rules/<id>.md`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The network it is about. */
  readonly network: string;
  /** The line to blame. */
  readonly span: SourceSpan;
  /** Further places with the same cause. */
  readonly related: readonly SourceSpan[];
  /** One or two plain sentences, with the number: said in the problem and the hover. */
  readonly message: string;
  /** A few words with the number, for the lens above the line. */
  readonly label: string;
  readonly quantity: Quantity;
  readonly evidence: readonly Evidence[];
  readonly confidence: Confidence;
  /** Paper, year and equation or section. */
  readonly citation: string;
  /** The parameters concerned, by path. */
  readonly parameters: readonly string[];
  readonly fixes: readonly Fix[];
}
