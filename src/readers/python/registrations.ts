import type { SourceText } from '../text/source';

/**
 * Definitions that tell a module of themselves (`@register_model`). As long as nobody asks the module, it need not know: a file may register two
 * hundred models of which none is made.
 */
export class Registrations {
  readonly #waiting = new Map<SourceText, (() => void)[]>();
  /** Modules that may be asked in ways that are not seen. */
  readonly #closed = new Set<SourceText>();

  /** @param told the module; the registration is made before it is asked for anything */
  add(told: SourceText, register: () => void): void {
    const waiting = this.#waiting.get(told);
    if (this.#closed.has(told)) register();
    else if (waiting) waiting.push(register);
    else this.#waiting.set(told, [register]);
  }

  /** The module is asked now: make what waits, in the order of the source. */
  settle(told: SourceText): void {
    const waiting = this.#waiting.get(told);
    if (!waiting) return;
    this.#waiting.delete(told);
    for (const register of waiting) register();
  }

  /** From now on the module may be asked at any time. */
  close(told: SourceText): void {
    this.#closed.add(told);
    this.settle(told);
  }
}
