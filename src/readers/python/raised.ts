import type { Site } from '../text/source';
import type { Value } from './values';

/** An exception of the Python code. */
export class Raised extends Error {
  constructor(
    message: string,
    readonly value: Value | undefined,
    readonly site: Site,
  ) {
    super(message);
  }
}
