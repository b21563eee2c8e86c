import { reasonOf } from '../evaluation/unknown';
import { symbolOf } from '../javascript/operators';
import type { ObjectValue, Value } from '../javascript/values';
import { NotKnown, Settings, type Setting, type SettingMap } from '../kerasLayers/settings';
import type { Site } from '../text/source';
import { InitializerState } from './initializers';

/** `kernelInitializer` → `kernel_initializer`, as Keras' configurations spell it. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const deepest = 8;

/** A value as plain data. */
export function toSetting(value: Value, depth = 0): Setting {
  switch (value.type) {
    case 'undefined':
    case 'null':
      return null;
    case 'boolean':
    case 'number':
    case 'string':
      return value.value;
    case 'unknown':
      return new NotKnown(value.symbol, reasonOf(value));
    case 'array':
      if (value.taint) return new NotKnown(value.taint.symbol, reasonOf(value.taint));
      return depth < deepest ? value.items.map((item) => toSetting(item, depth + 1)) : tooDeep;
    case 'object':
      if (value.native instanceof InitializerState) return value.native.setting;
      return depth < deepest ? toMap(value, depth + 1) : tooDeep;
    default:
      return new NotKnown(symbolOf(value), `\`${symbolOf(value)}\` is not plain data`);
  }
}

const tooDeep = new NotKnown('…', 'the settings are nested too deeply');

function toMap(object: ObjectValue, depth: number): SettingMap {
  const settings: Record<string, Setting> = {};
  for (const [name, value] of object.properties.entries()) settings[snakeCase(name)] = toSetting(value, depth);
  return settings;
}

/** The settings of a layer, from the object that it is made with. */
export function settingsOf(layer: string, config: Value): Settings {
  if (config.type === 'unknown')
    return new Settings(layer, {}, new Map(), new NotKnown(config.symbol, reasonOf(config)));
  if (config.type !== 'object') return new Settings(layer, {});
  const { taint } = config.properties;
  const sites = new Map([...(config.sites ?? [])].map(([name, site]): [string, Site] => [snakeCase(name), site]));
  const rest = taint && new NotKnown(taint.symbol, reasonOf(taint));
  return new Settings(layer, toMap(config, 0), sites, rest, placeIn(config.site));
}

/** Behind the last property of an object literal; undefined for what is none, and where a comment stands there. */
function placeIn(site: Site): Settings['place'] {
  const text = site.source.slice(site);
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const inner = text.slice(1, -1).trimEnd();
  const lastLine = inner.slice(inner.lastIndexOf('\n') + 1);
  if (lastLine.includes('//') || inner.endsWith('*/')) return undefined;
  const at = site.start + 1 + inner.length;
  return { site: { ...site, start: at, end: at }, lead: inner === '' || inner.endsWith(',') ? ' ' : ', ' };
}
