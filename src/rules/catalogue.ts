import type { Rule } from './rule';

/** Every rule, in the order in which settings, README and command line list them. */
export const catalogue: readonly Rule[] = [];
