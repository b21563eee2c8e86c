import type { Activation, Initializer, Node, Parameter } from '../network';
import { moments } from '../network/moments';
import type { GradientFault } from './severity';
import type { RuleContext } from './rule';
import { linksOf, type Link, type WeightNode } from './structure';

/** Weight layers of one initialiser around one activation, which together carry a fault of the gradient. */
export interface Mismatch {
  readonly initializer: Initializer;
  readonly activation: Activation;
  readonly activations: readonly Node[];
  readonly layers: readonly WeightNode[];
  /** Mean of σ_w² over the layers. */
  readonly weightVariance: number;
  /** exp of the mean of ½·ln χ: the gain of the gradient norm through one of these layers and its activation. */
  readonly gainPerLayer: number;
}

/** A layer whose ½·ln χ is below this is not to blame. */
const BLAMELESS = 0.05;
/** A group that carries less of the whole is not named. */
const SHARE = 0.2;

/** The groups that drive the gradient in the direction of the fault, the one that weighs most first. */
export function mismatchesOf(context: RuleContext, { direction }: GradientFault): readonly Mismatch[] {
  const { network, report } = context;
  const parameters = new Map(network.parameters.map((parameter) => [parameter.path, parameter]));
  const groups = new Map<string, { links: Link[]; logChis: number[]; initializer: Initializer }>();
  for (const link of linksOf(network)) {
    const initializer = parameters.get(link.after.op.weight)?.initializer;
    const logChi = logChiOf(link, context);
    if (!initializer || logChi === undefined) continue;
    const along = direction === 'vanishing' ? -logChi : logChi;
    if (along / 2 < BLAMELESS) continue;
    const key = `${originKey(initializer)} ${Object.values(link.activation.op.activation).join(' ')}`;
    const group = groups.get(key) ?? { links: [], logChis: [], initializer };
    group.links.push(link);
    group.logChis.push(logChi);
    groups.set(key, group);
  }
  const whole = Math.abs(report.depth?.logGain ?? 0);
  return [...groups.values()]
    .map(({ links, logChis, initializer }) => ({ links, initializer, total: logChis.reduce((a, b) => a + b, 0) }))
    .filter(({ total }) => Math.abs(total) >= SHARE * whole)
    .sort((a, b) => Math.abs(b.total) - Math.abs(a.total))
    .flatMap(({ links, initializer, total }) => {
      const layers = layersOf(links, initializer, parameters);
      const variances = layers.flatMap(({ id }) => report.layers.find(({ node }) => node === id)?.weightVariance ?? []);
      const [first] = links;
      if (!first) return [];
      return [
        {
          initializer,
          activation: first.activation.op.activation,
          activations: links.map(({ activation }) => activation),
          layers,
          weightVariance: variances.reduce((a, b) => a + b, 0) / variances.length,
          gainPerLayer: Math.exp(total / (2 * links.length)),
        },
      ];
    });
}

/** ln(σ_w²·D2) of one link: what the layer itself does, without the skip connections around it. */
function logChiOf({ activation, after }: Link, { report }: RuleContext): number | undefined {
  const weightVariance = report.layers.find(({ node }) => node === after.id)?.weightVariance;
  const into = report.signals[activation.inputs[0] ?? -1];
  if (weightVariance === undefined || weightVariance === 0 || !into) return undefined;
  const { derivativeSecondMoment } = moments(activation.op.activation, into.secondMoment, into.mean);
  return Math.log(weightVariance * derivativeSecondMoment);
}

/** The layers after the activations, and those before that are drawn alike. */
function layersOf(
  links: readonly Link[],
  initializer: Initializer,
  parameters: ReadonlyMap<string, Parameter>,
): readonly WeightNode[] {
  const layers = new Map<number, WeightNode>();
  for (const { before, after } of links) {
    const earlier = parameters.get(before.op.weight)?.initializer;
    if (earlier && originKey(earlier) === originKey(initializer)) layers.set(before.id, before);
    layers.set(after.id, after);
  }
  return [...layers.values()].sort((a, b) => a.id - b.id);
}

function originKey({ origin }: Initializer): string {
  return origin.kind === 'source' ? `source ${origin.span.start.offset}` : origin.kind;
}
