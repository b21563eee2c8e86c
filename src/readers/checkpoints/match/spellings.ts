import type { ModelBuffer, Parameter } from '../../../network';
import type { TensorInfo } from '../checkpoint';

/** A name that a checkpoint may have for a parameter, and why it is another than the path. */
export interface Spelling {
  readonly name: string;
  readonly reason?: string;
}

interface Renaming {
  readonly from: RegExp;
  readonly to: string;
  readonly reason: string;
}

const weightNorm = 'weight normalisation was written in its other form';
const spectralNorm = 'spectral normalisation was written in its other form';
const tensorflowNorm = 'a name of TensorFlow';

/** The same tensor under the names of older and newer versions, both ways. */
const renamings: readonly Renaming[] = [
  { from: /(^|\.)(\w+)_g$/, to: '$1parametrizations.$2.original0', reason: weightNorm },
  { from: /(^|\.)(\w+)_v$/, to: '$1parametrizations.$2.original1', reason: weightNorm },
  { from: /(^|\.)parametrizations\.(\w+)\.original0$/, to: '$1$2_g', reason: weightNorm },
  { from: /(^|\.)parametrizations\.(\w+)\.original1$/, to: '$1$2_v', reason: weightNorm },
  { from: /(^|\.)(\w+)_orig$/, to: '$1parametrizations.$2.original', reason: spectralNorm },
  { from: /(^|\.)parametrizations\.(\w+)\.original$/, to: '$1$2_orig', reason: spectralNorm },
  { from: /(norm\w*)\.weight$/i, to: '$1.gamma', reason: tensorflowNorm },
  { from: /(norm\w*)\.bias$/i, to: '$1.beta', reason: tensorflowNorm },
];

/** What wrappers put into names, wherever the wrapped module stands: torch.compile, FSDP and activation checkpointing. */
const wrapperLevels = /(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g;

/** The names of a tensor without what wrappers added. */
export function namesOf({ name, aliases = [] }: TensorInfo): readonly string[] {
  return [name, ...aliases].map((spelled) =>
    spelled.replace(wrapperLevels, '').replace(/^\./, '').replace(/:\d+$/, ''),
  );
}

/** The names that a checkpoint may have for each parameter; its own path is the first. */
export function spellingsOf(parameters: readonly Parameter[]): ReadonlyMap<Parameter, readonly Spelling[]> {
  const counts = new Map<string, number>();
  return new Map(
    parameters.map((parameter) => {
      const { path } = parameter;
      const renamed = renamings.flatMap(({ from, to, reason }) =>
        from.test(path) ? { name: path.replace(from, to), reason } : [],
      );
      const position = byPosition(path, counts);
      return [parameter, [{ name: path }, ...renamed, ...(position === undefined ? [] : [{ name: position }])]];
    }),
  );
}

/** The names of buffers that follow the parameters of their layers. */
export function bufferSpellings(
  parameters: readonly Parameter[],
  buffers: readonly ModelBuffer[],
): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { path } of parameters) byPosition(path, counts);
  return new Set(buffers.flatMap(({ path }) => [path, byPosition(path, counts) ?? path]));
}

/** Keras stores a layer's variables by their numbers: `dense/kernel` is the variable 0 of `dense`, `dense/vars/0`. */
function byPosition(path: string, counts: Map<string, number>): string | undefined {
  const layer = /^(.+)\/[^/]+$/.exec(path)?.[1];
  if (layer === undefined) return undefined;
  const number = counts.get(layer) ?? 0;
  counts.set(layer, number + 1);
  return `${layer}/vars/${number}`;
}
