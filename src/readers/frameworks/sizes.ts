import { isKnown, type Dim, type PerAxis, type Shape } from '../../network';
import type { CallArguments } from '../python/arguments';
import { isElements } from '../python/operators';
import { symbolOf } from '../python/truth';
import { int, numberOf, reasonOf, tuple, unknown, type Value } from '../python/values';
import type { Interpreter } from '../python/interpreter';

/** A value as a size: an integer, or an unknown size named after what it comes from. */
export function toDim(value: Value): Dim {
  const number = numberOf(value);
  if (number !== undefined && Number.isInteger(number)) return number;
  if (value.type === 'unknown') return { symbol: value.symbol, reason: reasonOf(value) };
  return { symbol: symbolOf(value), reason: `\`${symbolOf(value)}\` is not a whole number` };
}

/** Why a size is not known that is one of an input. */
export const openSizeCause = 'is a size that is not known';

/** A size as a value. The reason loses the symbol that {@link reasonOf} would put before it again. */
export function fromDim(dim: Dim): Value {
  if (isKnown(dim)) return int(dim);
  const lead = `\`${dim.symbol}\` `;
  const cause = dim.reason?.startsWith(lead) ? dim.reason.slice(lead.length) : (dim.reason ?? openSizeCause);
  return unknown(dim.symbol, cause);
}

export function fromShape(shape: Shape): Value {
  return tuple(shape.map(fromDim));
}

/** Sizes from `(2, 3)`, `[2, 3]` or `2, 3`; undefined where not even their number is known. */
export function toShape(interpreter: Interpreter, values: readonly Value[]): Shape | undefined {
  const [only] = values;
  if (values.length !== 1 || !only || numberOf(only) !== undefined) return values.map(toDim);
  if (only.type === 'unknown') return undefined;
  const elements = interpreter.iterate(only);
  return isElements(elements) ? elements.map(toDim) : undefined;
}

/** One value, or one for each of `rank` axes, as PyTorch takes them. */
export function perAxis(value: Value | undefined, rank: number, fallback: PerAxis): PerAxis {
  if (value === undefined || value.type === 'none') return fallback;
  if (value.type === 'tuple' || value.type === 'list') {
    const sizes = value.items.map(toDim);
    const [first] = sizes;
    if (sizes.length === 1 && first !== undefined) return Array.from({ length: rank }, () => first);
    if (sizes.length === rank) return sizes;
  }
  const size = toDim(value);
  return Array.from({ length: rank }, () => size);
}

/** Numbers and truth values among the arguments of a call. A value that is not known is said to `doubt`. */
export class Settings {
  constructor(
    readonly args: CallArguments,
    private readonly doubt: (name: string, value: Value) => void,
  ) {}

  dim(name: string): Dim {
    return toDim(this.args.value(name));
  }

  number(name: string, fallback: number): number {
    const value = this.args.get(name);
    if (!value || value.type === 'none') return fallback;
    const number = numberOf(value);
    if (number === undefined) this.doubt(name, value);
    return number ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.args.get(name);
    if (!value) return fallback;
    const truth = this.args.call.interpreter.truth(value);
    if (typeof truth !== 'boolean') this.doubt(name, value);
    return typeof truth === 'boolean' ? truth : fallback;
  }

  text(name: string, fallback: string): string {
    const value = this.args.get(name);
    if (!value) return fallback;
    if (value.type !== 'str') this.doubt(name, value);
    return value.type === 'str' ? value.value : fallback;
  }
}
