import type { Network } from '../network';
import type { Measured } from '../panels/snapshot';
import type { Measurement } from '../probes/protocol';

/** The last measurements of each model, for as long as the source still computes what was measured. */
export class Measurements {
  private readonly measured = new Map<string, { readonly computation: string; readonly measured: Measured }>();

  /** @param uri the document's, as a string */
  add(uri: string, network: Network, measurement: Measurement): void {
    const before = this.of(uri, network);
    const measured =
      measurement.kind === 'gradientNorms'
        ? { ...before, gradients: measurement }
        : { ...before, spectrum: measurement };
    this.measured.set(key(uri, network), { computation: computationOf(network), measured });
  }

  /** Empty where nothing was measured, or where the model has been changed since. */
  of(uri: string, network: Network): Measured {
    const known = this.measured.get(key(uri, network));
    return known?.computation === computationOf(network) ? known.measured : {};
  }

  /** The document was closed. */
  forget(uri: string): void {
    for (const name of [...this.measured.keys()]) if (name.startsWith(`${uri}#`)) this.measured.delete(name);
  }
}

function key(uri: string, { name }: Network): string {
  return `${uri}#${name}`;
}

/** All of a network that its numbers depend on: not where it stands in the text. */
function computationOf({ nodes, parameters }: Network): string {
  return JSON.stringify([
    nodes.map(({ op, inputs, shape }) => [op, inputs, shape]),
    parameters.map(({ path, shape, initializer }) => [path, shape, initializer.distribution]),
  ]);
}
