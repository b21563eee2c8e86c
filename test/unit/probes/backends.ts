import * as tf from '@tensorflow/tfjs-core';
import { ProbeError } from '../../../src/probes/failure';
import { loadBackend } from '../../../src/probes/child/backend';
import type { BackendName } from '../../../src/probes/protocol';

/** Runs the tests once on every backend that loads; the native one is skipped, visibly, where it is not installed. */
export function onEveryBackend(tests: (backend: BackendName) => void): void {
  for (const name of ['cpu', 'wasm', 'tensorflow'] as const)
    describe(`on ${name}`, () => {
      before(async function () {
        this.timeout(30_000);
        // A backend is loaded and mended once a process.
        if (tf.engine().registry[name] !== undefined) {
          await tf.setBackend(name);
          return;
        }
        try {
          await loadBackend({ ...process.env, GRADLENS_BACKEND: name });
        } catch (error) {
          if (name !== 'tensorflow' || !(error instanceof ProbeError)) throw error;
          this.skip();
        }
      });
      tests(name);
    });
}
