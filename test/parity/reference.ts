import type { Network } from '../../src/network';
import { layerPairs } from '../../src/probes/child/layerPairs';
import type { ProbeKind, ProbeRequest } from '../../src/probes/protocol';
import { sampleShape, type Example } from './examples';
import { askPython } from './python';

interface Drawn {
  readonly weights: Readonly<Record<string, string>>;
  readonly input: string;
  readonly labels: readonly number[];
}

export interface ReferenceNorms {
  readonly loss: number;
  readonly input: number;
  readonly activations: readonly {
    readonly path: string;
    readonly gradientNorm: number;
    readonly secondMoment: number;
  }[];
  readonly parameters: Readonly<Record<string, number>>;
}

export interface ReferenceValues extends Drawn {
  readonly gradientNorms: ReferenceNorms;
  /** The same by PyTorch's own float32. */
  readonly float32: ReferenceNorms;
  readonly spectra: {
    readonly inputOutput: readonly number[];
    readonly layers: readonly {
      readonly from: string;
      readonly to: string;
      readonly singularValues: readonly number[];
    }[];
  };
}

export interface ReferenceTimes extends Drawn {
  readonly seconds: Readonly<Record<ProbeKind, number>>;
}

/** What PyTorch measures in float64 on the weights that it draws with `seed`. */
export function referenceValues(example: Example, network: Network, seed: number): Promise<ReferenceValues> {
  return askPython('reference.py', { ...partsOf(example, network), seed, measure: 'values' });
}

/** How long PyTorch takes for the same work in float32: the median of some warm repeats. */
export function referenceTimes(
  example: Example,
  network: Network,
  threads: number,
  repeats: number,
): Promise<ReferenceTimes> {
  return askPython('reference.py', { ...partsOf(example, network), seed: 0, measure: 'times', threads, repeats });
}

/** The request that repeats on the child what PyTorch has done. */
export function requestOf<K extends ProbeKind>(
  probe: K,
  { batch }: Example,
  network: Network,
  drawn: Drawn,
): ProbeRequest & { readonly probe: K } {
  const values = Object.fromEntries(Object.entries(drawn.weights).map(([path, data]) => [path, floats(data)]));
  return {
    probe,
    network,
    weights: { kind: 'values', values },
    input: { kind: 'values', batch, shape: sampleShape(network, network.inputs), data: floats(drawn.input) },
    loss: { kind: 'crossEntropy', seed: 0, labels: Int32Array.from(drawn.labels) },
  };
}

function partsOf(example: Example, network: Network) {
  const { nodes } = network;
  return {
    ...example,
    shape: sampleShape(network, network.inputs),
    classes: sampleShape(network, network.outputs).at(-1),
    pairs: layerPairs(nodes).map(({ from, to }) => [nodes[from]!.path, nodes[to]!.path]),
  };
}

function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}
