import type { TensorInfo } from '../checkpoint';
import { isTrainable } from '../elements';
import { isAverage } from './prefix';

interface Kind {
  readonly names: RegExp;
  readonly reason: string;
}

/** Buffers of floating point, by how their modules call them. Others are known by what they are: integers are not trained. */
const bufferNames: readonly Kind[] = [
  { names: /(^|\.)running_(mean|var)$/, reason: 'a running average of a normalisation' },
  { names: /(^|[./])moving_(mean|variance)$/, reason: 'a running average of a normalisation' },
  { names: /(^|\.)(parametrizations\.\w+\.\d+\._[uv]|\w+_u)$/, reason: 'a vector of spectral normalisation' },
  { names: /(^|\.)inv_freq(_\w+)?$/, reason: 'frequencies of a rotary embedding' },
  { names: /(^|\.)(attn_mask|causal_mask|masked_bias|mask)$/, reason: 'a mask' },
  { names: /(^|\/)seed_generator(_\d+)?\//, reason: 'the state of a random generator' },
];

/** Why a tensor is a buffer, which is saved with a model and not trained; undefined where nothing says that it is one. */
export function bufferReason({ name, type, role }: TensorInfo, names: ReadonlySet<string>): string | undefined {
  if (role === 'buffer') return 'the file says so';
  if (role === 'parameter') return undefined;
  if (!isTrainable(type)) return `numbers of type ${type} are not trained`;
  // The second vector of spectral normalisation is called as a factor of weight normalisation is.
  const original = name.replace(/_v$/, '_orig');
  if (original !== name && names.has(original)) return 'a vector of spectral normalisation';
  if (isRunningAverageOfKeras(name, names)) return 'a running average of a normalisation';
  return bufferNames.find((kind) => kind.names.test(name))?.reason;
}

/** Keras stores variables by their numbers, of a batch normalisation its two averages last. */
function isRunningAverageOfKeras(name: string, names: ReadonlySet<string>): boolean {
  const [, layer, number] = /^((?:.*\/)?batch_normalization(?:_\d+)?\/vars\/)(\d+)$/.exec(name) ?? [];
  return layer !== undefined && !names.has(`${layer}${Number(number) + 2}`);
}

const optimizerNames = /^(optimizers?|optim|opt)(_?(states?|state_dict|weights|dict))?([./]|$)/i;

/** What is no weight of the model, by the first level of its name. */
export interface Elsewhere {
  readonly group: string;
  /** `other`: weights of something else, of which the model may be a part. */
  readonly kind: 'optimizer' | 'average' | 'other';
}

/** Undefined of what may be a weight of the model; `outside`: its name does not start as those of the weights do. */
export function elsewhere(name: string, outside: boolean): Elsewhere | undefined {
  const group = /^[^./]*/.exec(name)?.[0] ?? name;
  if (optimizerNames.test(name)) return { group, kind: 'optimizer' };
  if (!outside) return undefined;
  return { group, kind: isAverage(group) ? 'average' : 'other' };
}
