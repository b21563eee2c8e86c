/** What stands before the names of one side and not of the other: `model_state_dict.module.`, or the part that was saved. */
export interface Prefixes {
  /** Before the names of the checkpoint's tensors. */
  readonly tensors: string;
  /** Before the paths of the network's parameters: the checkpoint is of this part of it only. */
  readonly parameters: string;
}

/** More than one is tried where containers hold several models, such as averaged weights beside the trained ones. */
const tried = 8;

/**
 * The prefixes under which most names of the one side end as names of the other, most votes first. Names are cut at dots and
 * slashes; no list of wrappers is needed.
 */
export function likelyPrefixes(tensorNames: Iterable<string>, parameterNames: Iterable<string>): readonly Prefixes[] {
  const tensors = new Set(tensorNames);
  const parameters = new Set(parameterNames);
  const votes = new Map<string, Prefixes & { count: number }>();
  const vote = (prefixes: Prefixes): void => {
    const key = JSON.stringify([prefixes.tensors, prefixes.parameters]);
    const counted = votes.get(key) ?? { ...prefixes, count: 0 };
    counted.count++;
    votes.set(key, counted);
  };
  for (const name of tensors)
    for (const [prefix, rest] of cuts(name)) if (parameters.has(rest)) vote({ tensors: prefix, parameters: '' });
  for (const name of parameters)
    for (const [prefix, rest] of cuts(name))
      if (prefix !== '' && tensors.has(rest)) vote({ tensors: '', parameters: prefix });
  return [...votes.values()].sort((a, b) => b.count - a.count || rank(a) - rank(b)).slice(0, tried);
}

/** What decides between as many votes: the plain name, and weights as they were trained before their averages. */
function rank({ tensors, parameters }: Prefixes): number {
  return tensors.length + parameters.length + (isAverage(tensors) ? 1000 : 0);
}

/** Exponential moving averages of weights, which many training scripts store beside them. */
export function isAverage(name: string): boolean {
  return /(^|[._/])(ema|averaged?|swa|shadow)([._/]|$)/i.test(name);
}

/** A name cut before each of its levels. */
function* cuts(name: string): Iterable<readonly [prefix: string, rest: string]> {
  yield ['', name];
  for (const { index } of name.matchAll(/[./]/g)) yield [name.slice(0, index + 1), name.slice(index + 1)];
}
