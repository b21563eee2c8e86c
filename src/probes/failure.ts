import type { SourceSpan } from '../network';

/** Why a probe gave no measurement. `message` is for people. */
export type ProbeFailure =
  /** The network, its weights or the request do not allow it; `span` is the place to blame, where there is one. */
  | { readonly kind: 'notProbeable'; readonly message: string; readonly span?: SourceSpan }
  | { readonly kind: 'outOfMemory'; readonly message: string }
  | { readonly kind: 'cancelled'; readonly message: string }
  /** No backend loads, or the one that was asked for does not. */
  | { readonly kind: 'noBackend'; readonly message: string }
  /** Something broke inside the probe. */
  | { readonly kind: 'failed'; readonly message: string }
  /** The child process ended before it answered, or did not answer and was killed. `stderr`: its last lines. */
  | {
      readonly kind: 'childDied';
      readonly message: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly stderr: string;
    }
  | { readonly kind: 'timedOut'; readonly message: string }
  | { readonly kind: 'disposed'; readonly message: string };

export class ProbeError extends Error {
  override readonly name = 'ProbeError';

  constructor(readonly failure: ProbeFailure) {
    super(failure.message);
  }
}
