import { GivenFunction, GivenInitializer, NotKnown, OpenSize, Settings, type Setting } from '../kerasLayers/settings';
import type { CallArguments } from '../python/arguments';
import type { Interpreter } from '../python/interpreter';
import { symbolOf } from '../python/truth';
import { isSubclass, numberOf, reasonOf, type Value } from '../python/values';
import type { Site } from '../text/source';
import { initializerClass, InitializerState } from './initializerClass';
import { openSizeOf } from './sizes';
import { makeTensor, symbolic } from './tensor';

/** Python's values as settings of a layer: numbers, words and lists as they are, and what is called in time as a function. */
export class ArgumentSettings extends Settings {
  readonly #known = new Map<string, Setting | undefined>();

  /** @param owner what the arguments are given to, for people */
  constructor(
    owner: string,
    private readonly args: CallArguments,
  ) {
    super(owner);
  }

  override given(name: string): Setting | undefined {
    if (!this.#known.has(name)) {
      const value = this.args.get(name);
      this.#known.set(name, value && toSetting(value, this.args.call.interpreter));
    }
    return this.#known.get(name);
  }

  /** An object is from where it was made. */
  override site(name: string): Site | undefined {
    const value = this.args.get(name);
    return value?.type === 'instance' ? value.site : this.args.call.site;
  }

  /** `None` is false. */
  override flag(name: string, fallback: boolean): boolean {
    return this.given(name) === null ? false : super.flag(name, fallback);
  }
}

/** Functions of ours that a name says as well: `keras.activations.relu` and `'relu'`. */
const names = new WeakMap<Value, string>();

export function alsoNamed(value: Value, name: string): Value {
  names.set(value, name);
  return value;
}

const deepest = 8;
const tooDeep = new NotKnown('…', 'the settings are nested too deeply');

/** A value as a setting. */
export function toSetting(value: Value, interpreter: Interpreter, depth = 0): Setting {
  const number = value.type === 'bool' ? undefined : numberOf(value);
  if (number !== undefined) return number;
  switch (value.type) {
    case 'none': {
      const size = openSizeOf(value);
      return size === undefined ? null : new OpenSize(size);
    }
    case 'bool':
    case 'str':
      return value.value;
    case 'unknown':
      return new NotKnown(value.symbol, reasonOf(value));
    case 'tuple':
      return listed(value.items, interpreter, depth);
    case 'list':
      if (value.taint) return new NotKnown(value.taint.symbol, reasonOf(value.taint));
      return listed(value.items, interpreter, depth);
    case 'dict': {
      if (value.taint) return new NotKnown(value.taint.symbol, reasonOf(value.taint));
      if (depth >= deepest) return tooDeep;
      const map: Record<string, Setting> = {};
      for (const [key, item] of value.entries.values())
        if (key.type === 'str') map[key.value] = toSetting(item, interpreter, depth + 1);
      return map;
    }
    case 'class':
      return isSubclass(value, initializerClass)
        ? toSetting(interpreter.apply(value), interpreter, deepest)
        : functionSetting(value, interpreter);
    case 'instance':
      return value.native instanceof InitializerState
        ? new GivenInitializer(value.native.draw)
        : functionSetting(value, interpreter);
    case 'builtin':
      return names.get(value) ?? functionSetting(value, interpreter);
    default:
      return functionSetting(value, interpreter);
  }
}

function listed(items: readonly Value[], interpreter: Interpreter, depth: number): Setting {
  return depth < deepest ? items.map((item) => toSetting(item, interpreter, depth + 1)) : tooDeep;
}

/** A function, a class or a layer, in the place of an activation. */
function functionSetting(value: Value, interpreter: Interpreter): GivenFunction {
  return new GivenFunction(symbolOf(value), (x, recording) => {
    const callee = value.type === 'class' ? interpreter.apply(value) : value;
    const result = interpreter.apply(callee, makeTensor(x.step, x.channelsFirst, interpreter.site));
    const why = result.type === 'unknown' ? `: ${reasonOf(result)}` : '';
    return symbolic(result) ?? recording.opaque(`This activation is not known${why}.`, [x]);
  });
}
