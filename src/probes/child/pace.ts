import { setImmediate } from 'node:timers/promises';
import { ProbeError } from '../failure';

/** Lets a long computation breathe: messages are received (a cancellation among them) at least every few stretches. */
export class Pace {
  private last = performance.now();

  /** `stretch`: how long to compute before listening again, in milliseconds. */
  constructor(
    private readonly token: { readonly isCancellationRequested: boolean },
    private readonly stretch = 25,
  ) {}

  /** To be awaited between blocks of work that are each short against a tenth of a second. */
  async breathe(): Promise<void> {
    if (performance.now() - this.last < this.stretch) return;
    await setImmediate();
    this.refuseWhenCancelled();
    this.last = performance.now();
  }

  refuseWhenCancelled(): void {
    if (this.token.isCancellationRequested)
      throw new ProbeError({ kind: 'cancelled', message: 'The probe was cancelled.' });
  }
}
