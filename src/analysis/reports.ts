import type { Network } from '../network';
import { propagate, type SignalReport } from '../theory';

/** Texts whose last reports are kept. */
const mostFiles = 16;

interface Reported {
  readonly network: Network;
  readonly report: SignalReport;
}

/** Predictions of the networks of texts that are analysed again and again: one that computes what it did is not propagated again. */
export class Reports {
  /** Of the text that was analysed last they come last. */
  readonly #last = new Map<string, readonly Reported[]>();

  /** One report for each network of a text. */
  of(file: string, networks: readonly Network[]): readonly SignalReport[] {
    const before = this.#last.get(file) ?? [];
    this.#last.delete(file);
    const reported = networks.map((network): Reported => {
      const known = before.find((other) => computesTheSame(other.network, network));
      return { network, report: known?.report ?? propagate(network) };
    });
    this.#last.set(file, reported);
    const [oldest] = this.#last.keys();
    if (this.#last.size > mostFiles && oldest !== undefined) this.#last.delete(oldest);
    return reported.map(({ report }) => report);
  }
}

/** Whether two networks are one, perhaps at two places in a text: the reader does not make anew what has not changed. */
function computesTheSame(a: Network, b: Network): boolean {
  return (
    a === b ||
    (a.nodes.length === b.nodes.length &&
      a.parameters.length === b.parameters.length &&
      a.framework === b.framework &&
      a.nodes.every(({ op, inputs }, index) => op === b.nodes[index]?.op && inputs === b.nodes[index].inputs) &&
      a.parameters.every(
        ({ path, initializer }, index) =>
          path === b.parameters[index]?.path &&
          initializer.distribution === b.parameters[index].initializer.distribution,
      ))
  );
}
