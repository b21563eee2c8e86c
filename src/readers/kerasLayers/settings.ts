import { isKnown, type Dim, type PerAxis } from '../../network';
import type { Site } from '../text/source';
import type { Draw } from './initializers';
import type { Recording } from './recording';
import type { LayerTensor } from './tensor';

/** What a source does not tell, with what it is called and why, for people. */
export class NotKnown {
  constructor(
    readonly symbol: string,
    readonly reason: string,
  ) {}
}

/** A size that is open until the model runs. */
export class OpenSize {
  constructor(readonly size: Dim) {}
}

/** A function of the source. */
export class GivenFunction {
  constructor(
    readonly symbol: string,
    readonly apply: (x: LayerTensor, recording: Recording) => LayerTensor,
  ) {}
}

/** An initialiser that the source has made. */
export class GivenInitializer {
  constructor(readonly draw: Draw) {}
}

/** The value of a setting, whatever the language it was written in: plain data, but for what no data can say. */
export type Setting =
  | null
  | boolean
  | number
  | string
  | NotKnown
  | OpenSize
  | GivenFunction
  | GivenInitializer
  | readonly Setting[]
  | SettingMap;
export interface SettingMap {
  readonly [name: string]: Setting | undefined;
}

export function isList(setting: Setting | undefined): setting is readonly Setting[] {
  return Array.isArray(setting);
}

const noData = [NotKnown, OpenSize, GivenFunction, GivenInitializer];

export function isMap(setting: Setting | undefined): setting is SettingMap {
  if (typeof setting !== 'object' || setting === null || isList(setting)) return false;
  return !noData.some((kind) => setting instanceof kind);
}

/** A setting as a size. */
export function toDim(setting: Setting | undefined): Dim {
  if (typeof setting === 'number' && Number.isSafeInteger(setting) && setting >= 0) return setting;
  if (setting instanceof NotKnown) return { symbol: setting.symbol, reason: setting.reason };
  if (setting instanceof OpenSize) return setting.size;
  const symbol = typeof setting === 'number' || typeof setting === 'string' ? String(setting) : '?';
  return { symbol, reason: 'a size is not a whole number' };
}

/**
 * The settings of one layer, in Keras' own spelling (`kernel_initializer`). What is not known, or is not what it should be, is
 * remembered as a doubt: what the layer computes is then not known either.
 */
export class Settings {
  /** Why not all that was asked for is known, for people. */
  doubt: string | undefined;
  /** The size of the layer's input, where that is not known. */
  input: Dim = { symbol: '?', reason: 'the shape of the input is not known' };

  /**
   * @param sites where the values are written
   * @param rest why there may be settings that are not seen
   */
  constructor(
    protected readonly layer: string,
    private readonly values: SettingMap = {},
    private readonly sites: ReadonlyMap<string, Site> = new Map(),
    private readonly rest?: NotKnown,
    /** Where the source can say more: what is put there begins with `lead`, before the setting's name. */
    readonly place?: { readonly site: Site; readonly lead: string },
  ) {}

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Undefined where it is not given, or given as null. */
  get(name: string): Setting | undefined {
    return this.given(name) ?? undefined;
  }

  /** Null where that is what is given. */
  given(name: string): Setting | undefined {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value === undefined ? this.rest : value;
  }

  /** Where a setting is written; undefined where it is not, or not in what is read. */
  site(name: string): Site | undefined {
    return this.sites.get(name);
  }

  /** A size may be unknown: that is said by its symbol and no doubt. */
  dim(name: string, fallback?: Dim): Dim {
    const value = this.get(name);
    if (value === undefined) return fallback ?? { symbol: name, reason: `\`${name}\` of ${this.layer} is not given` };
    return toDim(value);
  }

  number(name: string, fallback: number): number {
    return this.#typed(name, fallback, (value) => (typeof value === 'number' ? value : undefined));
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#typed(name, fallback, (value) =>
      typeof value === 'boolean' || typeof value === 'number' ? Boolean(value) : undefined,
    );
  }

  text(name: string, fallback: string): string {
    return this.#typed(name, fallback, (value) => (typeof value === 'string' ? value : undefined));
  }

  /** One number, or a list of them; undefined where it is not given. */
  numbers(name: string): readonly number[] | undefined {
    return this.#typed<readonly number[] | undefined>(name, undefined, (value) => {
      const list = isList(value) ? value : [value];
      const numbers = list.filter((one) => typeof one === 'number');
      return numbers.length === list.length ? numbers : undefined;
    });
  }

  /**
   * Sizes; null stands for one that is open until the model runs, and -1, where it is `solved`, for what follows from the others.
   * Undefined where not even their number is known.
   */
  sizes(name: string, open: (axis: number, rank: number) => Dim, solved = false): readonly Dim[] | undefined {
    const value = this.get(name);
    const list = typeof value === 'number' ? [value] : value;
    if (!isList(list)) return undefined;
    return list.map((size, axis) => {
      if (size === null) return open(axis, list.length);
      return solved && size === -1 ? -1 : toDim(size);
    });
  }

  /** One value, or one for each of `rank` axes. */
  perAxis(name: string, rank: number, fallback: Dim): PerAxis {
    const value = this.get(name);
    if (isList(value)) {
      if (value.length === rank) return value.map(toDim);
      if (value.length === 1) return Array.from({ length: rank }, () => toDim(value[0]));
      this.doubt ??= `\`${name}\` of ${this.layer} does not have ${rank} values.`;
    }
    const size = value === undefined ? fallback : toDim(value);
    return Array.from({ length: rank }, () => size);
  }

  /** The pairs of `((top, bottom), (left, right))`, `(high, wide)` or one number: before and behind each axis of space. */
  pairs(name: string, rank: number, fallback: number): readonly (readonly [Dim, Dim])[] {
    const value = this.get(name);
    const pair = (item: Setting | undefined): readonly [Dim, Dim] =>
      isList(item) && item.length === 2 ? [toDim(item[0]), toDim(item[1])] : [toDim(item), toDim(item)];
    if (!isList(value)) return this.perAxis(name, rank, fallback).map((size) => [size, size]);
    if (rank === 1 && value.length === 2) return [pair(value)];
    return Array.from({ length: rank }, (_, axis) => pair(value[axis]));
  }

  #typed<T>(name: string, fallback: T, convert: (value: Setting) => T | undefined): T {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const converted = convert(value);
    if (converted === undefined) {
      const why = value instanceof NotKnown ? `: ${value.reason}` : '';
      this.doubt ??= `\`${name}\` of ${this.layer} is not known${why}.`;
    }
    return converted ?? fallback;
  }
}

/** The known ones among sizes; undefined where one is not. */
export function allKnown(sizes: readonly Dim[]): readonly number[] | undefined {
  const known = sizes.filter(isKnown);
  return known.length === sizes.length ? known : undefined;
}
