import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reporters, type MochaOptions, type Runner } from 'mocha';

/** What a suite of tests came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Mocha's `spec` reporter, which also writes the suite's tally to the file that `GRADLENS_TALLY` names. */
export default class TallyReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const file = process.env['GRADLENS_TALLY'];
    if (file === undefined) return;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const tally: Tally = { passed: passes, failed: failures, skipped: pending };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(tally));
    });
  }
}
