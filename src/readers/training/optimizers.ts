import type { Optimizer, OptimizerFamily } from '../../network';
import { argument, type Arguments } from './calls';
import { madeIn, type MadeThing, type Thing } from './things';
import type { Walk } from './walk';

/** What the constructor of an optimiser takes after the parameters, and what it takes where nothing is said. */
interface Signature {
  readonly family: OptimizerFamily;
  readonly names: readonly string[];
  readonly lr?: number;
  readonly weightDecay?: number;
}

const adam: Signature = {
  family: 'adam',
  names: ['lr', 'betas', 'eps', 'weight_decay', 'amsgrad'],
  lr: 1e-3,
  weightDecay: 0,
};

/** The optimisers of `torch.optim` (2.x), and those elsewhere that take the same. */
const signatures: Readonly<Record<string, Signature>> = {
  SGD: { family: 'sgd', names: ['lr', 'momentum', 'dampening', 'weight_decay', 'nesterov'], lr: 1e-3, weightDecay: 0 },
  Adam: adam,
  AdamW: { ...adam, weightDecay: 1e-2 },
  NAdam: { ...adam, names: ['lr', 'betas', 'eps', 'weight_decay', 'momentum_decay'], lr: 2e-3 },
  RAdam: { ...adam, names: ['lr', 'betas', 'eps', 'weight_decay'] },
  Adamax: { ...adam, names: ['lr', 'betas', 'eps', 'weight_decay'], lr: 2e-3 },
  RMSprop: { family: 'rmsprop', names: ['lr', 'alpha', 'eps', 'weight_decay', 'momentum'], lr: 1e-2, weightDecay: 0 },
  Adagrad: { family: 'adagrad', names: ['lr', 'lr_decay', 'weight_decay'], lr: 1e-2, weightDecay: 0 },
  Adadelta: { family: 'adadelta', names: ['lr', 'rho', 'eps', 'weight_decay'], lr: 1, weightDecay: 0 },
  LBFGS: { family: 'lbfgs', names: ['lr'], lr: 1, weightDecay: 0 },
};

/** An optimiser of `torch.optim` is made; undefined for another class of it. */
export function makeOptimizer(walk: Walk, name: string, path: string, given: Arguments): Thing | undefined {
  const signature = signatures[name];
  if (!signature) return undefined;
  const thing = walk.make('optimizer', path);
  const parameters = argument(given, 'params', 0);
  const groups = parameters?.kind === 'list' ? parameters.items : undefined;
  const isGroups = groups?.some(({ kind }) => kind === 'dict') === true;
  const place = (setting: string): number => signature.names.indexOf(setting) + 1;
  const number = (setting: string, fallback: number | undefined): number | undefined => {
    const told = argument(given, setting, place(setting) || undefined);
    if (told === undefined) return given.hidden ? undefined : fallback;
    return told.kind === 'number' ? told.value : undefined;
  };
  const rate = given.expressions.get('lr') ?? given.expressions.get(place('lr'));
  // The rates of groups stand in them.
  const inGroups = isGroups && groups.some((group) => group.kind === 'dict' && group.entries.has('lr'));
  walk.addOptimizer(thing, name, given.range, {
    family: signature.family,
    // What several branches share is not meant for each of them.
    learningRate: inGroups || (walk.doubt > 0 && rate?.kind !== 'literal') ? undefined : number('lr', signature.lr),
    ...(rate && { learningRateSpan: walk.source.span(rate) }),
    momentum: signature.family === 'sgd' || signature.family === 'rmsprop' ? number('momentum', 0) : undefined,
    weightDecay: isGroups ? undefined : number('weight_decay', signature.weightDecay),
    groups: isGroups ? groups.length : parameters?.kind === 'parameters' ? 1 : undefined,
    models: modelsOf(parameters).map(({ id }) => id),
  });
  return { kind: 'made', things: [thing] };
}

/** The models all of whose parameters these are. */
function modelsOf(parameters: Thing | undefined): readonly MadeThing[] {
  switch (parameters?.kind) {
    case 'parameters':
      return parameters.models;
    case 'list':
      return parameters.items.flatMap((item) => modelsOf(item.kind === 'dict' ? item.entries.get('params') : item));
    case 'unknown':
      return parameters.holds.flatMap((one) => modelsOf(one));
    default:
      return [];
  }
}

/** The optimisers among what a call is given. */
export const optimizersIn = (things: readonly (Thing | undefined)[]): readonly MadeThing[] =>
  things.flatMap((thing) => (thing ? madeIn(thing) : [])).filter(({ role }) => role === 'optimizer');

export const targetsOf = (things: readonly { readonly id: Optimizer['id'] }[]): readonly Optimizer['id'][] =>
  things.map(({ id }) => id);
