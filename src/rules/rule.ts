import type { Network, ThingId, TrainedModel, TrainingScript } from '../network';
import type { SignalReport } from '../theory';
import type { Finding, Severity } from './finding';

/** What a rule may look at. */
export interface RuleContext {
  readonly network: Network;
  readonly report: SignalReport;
  /** The source, for fixes that must keep a part of it. */
  readonly text?: string;
}

/** One entry of the catalogue. Its documentation page is `media/rules/<id>.md`; its setting is `gradlens.rules.<id>`. */
export interface CatalogueEntry {
  readonly id: string;
  /** For the settings and the table in the README. */
  readonly title: string;
  readonly defaultSeverity: Severity;
  readonly citation: string;
}

/** A rule on a model. */
export interface Rule extends CatalogueEntry {
  check(context: RuleContext): readonly Finding[];
}

/** What a rule on a training script may look at. */
export interface TrainingContext {
  readonly script: TrainingScript;
  /** The network of a model that the script trains, where it is in the same text. */
  readonly networkOf: (model: ThingId) => RuleContext | undefined;
  readonly modelOf: (id: ThingId) => TrainedModel | undefined;
  readonly text: string;
}

/** A rule on what a training script does. */
export interface TrainingRule extends CatalogueEntry {
  checkTraining(context: TrainingContext): readonly Finding[];
}
