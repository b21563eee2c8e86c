import { builtin } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import { moduleOf } from '../python/library/module';
import { standardModules } from '../python/library/standard';
import { bool, none, type Value } from '../python/values';
import { torchModule } from '../pytorch/torch';

/** Devices that a model may ask for: networks are read as on a processor. */
const devices = ['xla', 'xpu', 'npu', 'mps', 'mlu', 'musa', 'hpu', 'sdaa', 'tf32', 'bf16', 'cuda', 'flex_attn'];
/** Ways of running code other than as it stands. */
const modes = ['is_torchdynamo_compiling', 'is_tracing', 'is_jit_tracing', 'is_torch_fx_proxy'];

/** The answer to what `transformers` asks of its surroundings: `is_scipy_available`; undefined for other names. */
export function availability(name: string): Value | undefined {
  if (modes.includes(name)) return builtin(name, () => bool(false));
  if (name === 'is_torch_greater_or_equal') return builtin(name, ({ positional: [least] }) => bool(torchIs(least)));
  const [, subject] = /^is_(?:torch_)?(\w+)_available$/.exec(name) ?? [];
  return subject === undefined
    ? undefined
    : builtin(name, ({ interpreter }) => bool(isAvailable(subject, interpreter)));
}

/** What is installed is what there are files of. */
function isAvailable(subject: string, { modules, site }: Interpreter): boolean {
  return !devices.includes(subject) && modules.absolute(subject, site.source) !== undefined;
}

function torchIs(least: Value | undefined): boolean {
  const numbers = (version: Value | undefined): readonly number[] =>
    version?.type === 'str' ? version.value.split('.').map(Number) : [];
  const here = numbers(torchModule.get('__version__'));
  for (const [place, wanted] of numbers(least).entries()) {
    const own = here[place] ?? 0;
    if (own !== wanted) return own > wanted;
  }
  return true;
}

/** `transformers.utils.logging`: what is said to a logger is not heard. */
export const loggingModule = moduleOf('transformers.utils.logging', () => ({
  get_logger: standardModules.get('logging')?.get('getLogger') ?? none,
}));
