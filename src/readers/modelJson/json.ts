import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { isList, isMap, Settings, type Setting, type SettingMap } from '../kerasLayers/settings';
import type { Site, SourceText } from '../text/source';

/** A value of a JSON text and where it stands. */
export class Json {
  private constructor(
    private readonly source: SourceText,
    private readonly node: Node,
  ) {}

  /** Undefined where the text is no JSON. */
  static parse(source: SourceText): Json | undefined {
    const node = parseTree(source.text, [], { disallowComments: true });
    return node && new Json(source, node);
  }

  get site(): Site {
    const { offset, length } = this.node;
    return { source: this.source, start: offset, end: offset + length };
  }

  get text(): string | undefined {
    return this.node.type === 'string' ? String(this.node.value) : undefined;
  }

  get number(): number | undefined {
    return this.node.type === 'number' ? Number(this.node.value) : undefined;
  }

  get items(): readonly Json[] {
    return this.node.type === 'array' ? (this.node.children ?? []).map((node) => new Json(this.source, node)) : [];
  }

  get(name: string): Json | undefined {
    return this.entries.get(name);
  }

  get entries(): ReadonlyMap<string, Json> {
    const properties = this.node.type === 'object' ? (this.node.children ?? []) : [];
    return new Map(
      properties.flatMap(({ children }): [string, Json][] => {
        const [key, value] = children ?? [];
        return key && value ? [[String(key.value), new Json(this.source, value)]] : [];
      }),
    );
  }

  /** As plain data. */
  get setting(): Setting {
    return plain(getNodeValue(this.node));
  }

  /** As the settings of a layer. */
  settings(layer: string): Settings {
    const sites = new Map([...this.entries].map(([name, value]): [string, Site] => [name, value.site]));
    const { setting } = this;
    return new Settings(layer, isMap(setting) ? setting : {}, sites);
  }
}

/** Keras 3 wraps types and shapes in objects; what is JSON already stays as it is. */
function plain(value: unknown): Setting {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return null;
  const map: SettingMap = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  return map;
}

/** The name and the two indices of a tensor in a configuration: `["conv", 0, 0]`. */
export interface TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

export function referenceOf(setting: Setting | undefined): TensorReference | undefined {
  if (!isList(setting)) return undefined;
  const [layer, call = 0, tensor = 0] = setting;
  return typeof layer === 'string' && typeof call === 'number' && typeof tensor === 'number'
    ? { layer, call, tensor }
    : undefined;
}

/** All references of one call, in order: Keras 2's `[["conv", 0, 0, {}]]`, Keras 3's `{args: [{config: {keras_history}}]}`. */
export function referencesIn(setting: Setting | undefined): readonly TensorReference[] {
  const own = referenceOf(setting);
  if (own) return [own];
  if (isList(setting)) return setting.flatMap(referencesIn);
  if (!isMap(setting)) return [];
  if (setting['keras_history'] !== undefined) return referencesIn(setting['keras_history']);
  return setting['config'] === undefined ? referencesIn(setting['args']) : referencesIn(setting['config']);
}

/** What one call of a layer is given, in order: tensors, and the numbers that Keras 3 has beside them (`x * 2.0`). */
export function operandsIn(setting: Setting | undefined): readonly (TensorReference | number)[] {
  const given = isMap(setting) ? setting['args'] : undefined;
  if (!isList(given)) return referencesIn(setting);
  return given.flatMap((item): readonly (TensorReference | number)[] =>
    typeof item === 'number' ? [item] : referencesIn(item),
  );
}

/** A keyword of a call of Keras 3 that changes what is computed; undefined where there is none. */
export function keywordIn(setting: Setting | undefined): string | undefined {
  const given = isMap(setting) ? setting['kwargs'] : undefined;
  if (!isMap(given)) return undefined;
  return Object.entries(given).find(
    ([name, value]) => name !== 'training' && value !== undefined && value !== null && value !== false,
  )?.[0];
}
