import type { Site } from '../text/source';
import type { Value } from './values';

/** An exception of the Python code. */
export class Raised extends Error {
  constructor(
    message: string,
    /** The exception, or its class; undefined where the source does not tell. */
    readonly value: Value | undefined,
    readonly site: Site,
  ) {
    super(message);
  }
}
