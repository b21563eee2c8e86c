import type { Site } from '../text/source';
import type { Value } from './values';

/** A `throw` of the source, or an operation that throws when the code runs. */
export class Thrown extends Error {
  constructor(
    message: string,
    readonly value: Value,
    readonly site: Site,
  ) {
    super(message);
  }
}
