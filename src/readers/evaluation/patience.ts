/** How much may be spent on one text. */
export interface Patience {
  /** Bounds the work, and does so alike on every machine: what is read does not depend on how busy it is. */
  readonly steps: number;
  /** The net below, for steps that are slow. */
  readonly milliseconds: number;
}

const usual: Patience = { steps: 200_000, milliseconds: 1_000 };
const stepsInMillisecond = 1_000;

/** What a key press may cost, or as much as a caller with more time gives. */
export function patienceOf(timeLimit: number | undefined): Patience {
  return timeLimit === undefined ? usual : { steps: timeLimit * stepsInMillisecond, milliseconds: timeLimit };
}
