import type { Network } from '../../../src/network';
import type { Catalogue, Constructor } from './catalogue';
import { compare, type Verdict } from './compare';
import { ConstructorReader, type Reading } from './readConstructor';
import { references, type Reference, type Seeds } from './references';

/** What a constructor comes to. */
export interface Judged {
  readonly constructor: Constructor;
  readonly verdict: Verdict | { readonly kind: 'notMade'; readonly error: string };
  readonly seeds: number;
  readonly graph: GraphSummary | undefined;
  readonly milliseconds: number;
}

/** How much of `forward` is understood. It does not bear on the verdict, which is on the parameters. */
export interface GraphSummary {
  readonly nodes: number;
  /** Why nodes are opaque, one reason each. */
  readonly opaque: readonly string[];
  /** What is said to be impossible in a model that runs: false, all of it. */
  readonly contradictions: readonly string[];
}

/** Each of these constructors, read and compared, one at a time. */
export async function* judge(
  { sitePackages }: Catalogue,
  constructors: readonly Constructor[],
  least: Seeds,
): AsyncGenerator<Judged> {
  const reader = new ConstructorReader(sitePackages);
  try {
    for await (const [constructor, reference] of references(constructors, least))
      yield 'error' in reference
        ? {
            constructor,
            verdict: { kind: 'notMade', error: reference.error },
            seeds: 0,
            graph: undefined,
            milliseconds: 0,
          }
        : judgeOne(constructor, reference, await reader.read(constructor));
  } finally {
    await reader.close();
  }
}

function judgeOne(constructor: Constructor, reference: Reference, reading: Reading | undefined): Judged {
  const { seeds } = reference;
  if (!reading) {
    const verdict = { kind: 'notRead', reasons: ['the reading did not keep its limit of time'] } as const;
    return { constructor, verdict, seeds, graph: undefined, milliseconds: Infinity };
  }
  const { network, notes, milliseconds } = reading;
  if (network) {
    return { constructor, verdict: compare(network, reference), seeds, graph: summarize(network), milliseconds };
  }
  const reasons = notes.length > 0 ? notes.map(({ message }) => message) : ['no model is found'];
  return { constructor, verdict: { kind: 'notRead', reasons }, seeds, graph: undefined, milliseconds };
}

function summarize({ nodes, notes }: Network): GraphSummary {
  return {
    nodes: nodes.length,
    opaque: nodes.flatMap(({ op }) => (op.kind === 'opaque' ? [op.reason] : [])),
    contradictions: notes.flatMap(({ kind, message }) => (kind === 'contradiction' ? [message] : [])),
  };
}
