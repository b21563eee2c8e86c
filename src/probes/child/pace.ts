import { setImmediate } from 'node:timers/promises';
import { ProbeError } from '../failure';

/** How long a probe computes before it listens again, in milliseconds. */
const STRETCH = 25;

/** Lets a long computation breathe: messages are received (a cancellation among them) at least every few stretches. */
export class Pace {
  private last = performance.now();

  constructor(private readonly token: { readonly isCancellationRequested: boolean }) {}

  /** To be awaited between blocks of work that are each short against a tenth of a second. */
  async breathe(): Promise<void> {
    if (performance.now() - this.last < STRETCH) return;
    await setImmediate();
    if (this.token.isCancellationRequested)
      throw new ProbeError({ kind: 'cancelled', message: 'The probe was cancelled.' });
    this.last = performance.now();
  }
}
