import type { Network, Parameter, Shape } from '../../../network';
import type { TensorInfo } from '../checkpoint';
import { bufferReason, elsewhere, type Elsewhere } from './kinds';
import { likelyPrefixes, type Prefixes } from './prefix';
import { mismatchReason, shapesAgree } from './shapes';
import { bufferSpellings, namesOf, spellingsOf, type Spelling } from './spellings';

export interface MatchedTensor {
  readonly parameter: string;
  readonly tensor: string;
  /** Why another name is the same; absent where it is the same but for the prefix. */
  readonly reason?: string;
}

export interface MismatchedTensor {
  readonly parameter: string;
  readonly tensor: string;
  readonly expected: Shape;
  readonly found: readonly number[];
  readonly reason: string;
}

export interface MissingParameter {
  readonly parameter: string;
  readonly shape: Shape;
  readonly reason: string;
}

export interface UnexpectedTensor {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly reason: string;
}

/** How a checkpoint and a network fit together. Every parameter and every tensor is in exactly one list. Plain data. */
export interface CheckpointMatch {
  readonly prefixes: Prefixes;
  readonly matched: readonly MatchedTensor[];
  readonly mismatched: readonly MismatchedTensor[];
  readonly missing: readonly MissingParameter[];
  readonly unexpected: readonly UnexpectedTensor[];
  /** What belongs to the model and is not trained. */
  readonly buffers: readonly { readonly tensor: string; readonly reason: string }[];
  /** Further names of tensors that are matched: tied weights. */
  readonly tied: readonly { readonly tensor: string; readonly with: string }[];
  /** What does not belong to this model's weights: the state of an optimiser, another copy of the weights. */
  readonly elsewhere: readonly (Elsewhere & { readonly count: number })[];
}

type MatchableNetwork = Pick<Network, 'parameters' | 'buffers' | 'unlistedParameters'>;

/** Finds the tensor of each parameter: by its path, behind any prefix, under names of other versions. */
export function matchCheckpoint(network: MatchableNetwork, tensors: readonly TensorInfo[]): CheckpointMatch {
  const spellings = spellingsOf(network.parameters);
  const names = [...spellings.values()].flatMap((ways) => ways.map(({ name }) => name));
  const candidates = likelyPrefixes(tensors.flatMap(namesOf), names);
  const none: Prefixes = { tensors: '', parameters: '' };
  const assigned = (candidates.length === 0 ? [none] : candidates).map((prefixes) =>
    assign(spellings, tensors, prefixes),
  );
  return report(
    network,
    tensors,
    assigned.reduce((best, next) => (fit(next) > fit(best) ? next : best)),
  );
}

interface Pair {
  readonly tensor: TensorInfo;
  readonly reason: string | undefined;
}

interface Assignment {
  readonly prefixes: Prefixes;
  readonly pairs: ReadonlyMap<Parameter, Pair>;
}

/** Shapes that agree count most; a name alone is better than nothing. */
function fit({ pairs }: Assignment): number {
  return [...pairs].reduce((sum, [{ shape }, { tensor }]) => sum + (shapesAgree(shape, tensor.shape) ? 2 : 1), 0);
}

function assign(
  spellings: ReadonlyMap<Parameter, readonly Spelling[]>,
  tensors: readonly TensorInfo[],
  prefixes: Prefixes,
): Assignment {
  const byName = new Map<string, TensorInfo>();
  for (const tensor of tensors)
    for (const path of pathsOf(tensor, prefixes)) if (!byName.has(path)) byName.set(path, tensor);
  const pairs = new Map<Parameter, Pair>();
  for (const [parameter, ways] of spellings) {
    const way = ways.find(({ name }) => byName.has(name));
    const tensor = way && byName.get(way.name);
    if (tensor) pairs.set(parameter, { tensor, reason: way.reason });
  }
  return { prefixes, pairs };
}

function report(
  network: MatchableNetwork,
  tensors: readonly TensorInfo[],
  { prefixes, pairs }: Assignment,
): CheckpointMatch {
  const matched: MatchedTensor[] = [];
  const mismatched: MismatchedTensor[] = [];
  for (const [{ path: parameter, shape: expected }, { tensor, reason }] of pairs) {
    const pair = { parameter, tensor: tensor.name };
    if (shapesAgree(expected, tensor.shape)) matched.push({ ...pair, ...(reason !== undefined && { reason }) });
    else mismatched.push({ ...pair, expected, found: tensor.shape, reason: mismatchReason(expected, tensor.shape) });
  }
  const used = new Set([...pairs.values()].map(({ tensor }) => tensor.name));
  const rest = sortRest(network, tensors, used, prefixes);
  const missing = network.parameters.filter((parameter) => !pairs.has(parameter));
  return {
    prefixes,
    matched,
    mismatched,
    missing: missing.map(({ path, shape }) => ({
      parameter: path,
      shape,
      reason: missingReason(path, shape, rest.unexpected, prefixes),
    })),
    ...rest,
    unexpected: rest.unexpected.map(({ name, shape }) => ({
      tensor: name,
      shape,
      reason: unexpectedReason(name, shape, missing, network, prefixes),
    })),
  };
}

interface Rest extends Pick<CheckpointMatch, 'buffers' | 'tied' | 'elsewhere'> {
  readonly unexpected: readonly TensorInfo[];
}

function sortRest(
  { parameters, buffers: known = [] }: MatchableNetwork,
  tensors: readonly TensorInfo[],
  used: ReadonlySet<string>,
  prefixes: Prefixes,
): Rest {
  const knownBuffers = bufferSpellings(parameters, known);
  const names = new Set(tensors.map(({ name }) => name));
  const buffers: { tensor: string; reason: string }[] = [];
  const tied: { tensor: string; with: string }[] = [];
  const groups = new Map<string, Elsewhere & { count: number }>();
  const unexpected: TensorInfo[] = [];
  for (const tensor of tensors.filter(({ name }) => !used.has(name))) {
    const paths = pathsOf(tensor, prefixes);
    const other = elsewhere(tensor.name, paths.length === 0);
    const reason = paths.some((path) => knownBuffers.has(path)) ? 'a buffer of the model' : bufferReason(tensor, names);
    if (other !== undefined) {
      const counted = groups.get(other.group) ?? { ...other, count: 0 };
      counted.count++;
      groups.set(other.group, counted);
    } else if (tensor.sharedWith !== undefined && used.has(tensor.sharedWith))
      tied.push({ tensor: tensor.name, with: tensor.sharedWith });
    else if (reason !== undefined) buffers.push({ tensor: tensor.name, reason });
    else unexpected.push(tensor);
  }
  return { buffers, tied, elsewhere: [...groups.values()], unexpected };
}

/** The paths that a tensor may have in the network; none where it stands outside of the prefix. */
function pathsOf(tensor: TensorInfo, prefixes: Prefixes): readonly string[] {
  return namesOf(tensor).flatMap((name) =>
    name.startsWith(prefixes.tensors) ? prefixes.parameters + name.slice(prefixes.tensors.length) : [],
  );
}

function missingReason(path: string, shape: Shape, unexpected: readonly TensorInfo[], prefixes: Prefixes): string {
  if (prefixes.parameters !== '' && !path.startsWith(prefixes.parameters))
    return `the checkpoint is of the part ‘${prefixes.parameters.slice(0, -1)}’ only`;
  const parts = unexpected.filter((tensor) => pathsOf(tensor, prefixes).some((candidate) => isPartOf(path, candidate)));
  if (parts.length > 0) return `it is stored in parts, normalised: ${parts.map(({ name }) => `‘${name}’`).join(', ')}`;
  const alike = unexpected.filter((tensor) => leaf(tensor.name) === leaf(path) && shapesAgree(shape, tensor.shape));
  if (alike.length === 1 && alike[0])
    return `no tensor of this name; ‘${alike[0].name}’ has its shape and no parameter`;
  return 'no tensor of this name';
}

/** Whether it is a factor of a weight that is normalised in the checkpoint, and not in the network. */
function isPartOf(path: string, candidate: string): boolean {
  const [, owner = '', name = ''] = /^(.*?)([^.]+)$/.exec(path) ?? [];
  return (
    [`${owner}${name}_g`, `${owner}${name}_v`, `${owner}${name}_orig`].includes(candidate) ||
    candidate.startsWith(`${owner}parametrizations.${name}.original`)
  );
}

function unexpectedReason(
  name: string,
  shape: readonly number[],
  missing: readonly Parameter[],
  { parameters, unlistedParameters = [] }: MatchableNetwork,
  prefixes: Prefixes,
): string {
  const path = name.startsWith(prefixes.tensors) ? name.slice(prefixes.tensors.length) : name;
  const alike = missing.filter(
    (parameter) => leaf(parameter.path) === leaf(path) && shapesAgree(parameter.shape, shape),
  );
  if (alike.length === 1 && alike[0])
    return `the model has no such parameter; ‘${alike[0].path}’ has its shape and no tensor`;
  if (unlistedParameters.length > 0) return 'not among the parameters that were read; not all could be';
  const owner = path.slice(0, -leaf(path).length);
  return owner !== '' && parameters.some((parameter) => parameter.path.startsWith(prefixes.parameters + owner))
    ? `‘${owner.slice(0, -1)}’ has no such parameter`
    : 'the model has no such layer';
}

function leaf(name: string): string {
  return /[^./]*$/.exec(name)?.[0] ?? name;
}
