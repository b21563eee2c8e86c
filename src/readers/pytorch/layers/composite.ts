import { CallArguments } from '../../python/arguments';
import type { Methods } from '../../python/classes';
import { none, type Call, type ClassValue, type InstanceValue, type Value } from '../../python/values';
import { register, self, type LayerCall } from '../module';
import { sessionOf } from '../session';
import { Settings } from '../../frameworks/sizes';
import { moduleSubclass } from './define';

/** What the parts of a composite layer are made with. */
export interface Assembly {
  readonly settings: Settings;
  readonly call: Call;
  /** Makes a module and registers it under this name. */
  readonly part: (
    name: string,
    cls: ClassValue,
    positional: readonly Value[],
    keywords?: Readonly<Record<string, Value>>,
  ) => Value;
  readonly attribute: (name: string, value: Value) => void;
}

/** One use of a composite layer: its parts are modules that are called like those of the source. */
export interface CompositeUse extends LayerCall {
  readonly args: CallArguments;
  readonly part: (name: string) => Value;
  readonly apply: (callee: Value, ...positional: readonly Value[]) => Value;
  readonly call: Call;
}

export interface CompositeDefinition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly assemble: (assembly: Assembly) => void;
  /** The names of the arguments of `forward`. */
  readonly inputs: readonly string[];
  readonly forward: (use: CompositeUse) => Value;
  readonly methods?: Methods;
}

/** A class of `torch.nn` that is made of other modules. */
export function compositeClass(definition: CompositeDefinition): ClassValue {
  const { name, parameters, assemble, inputs, forward, methods } = definition;
  return moduleSubclass(
    name,
    (call, module, state) => {
      const attribute = (own: string, value: Value): void => register(module, own, value, call);
      const args = new CallArguments(call, parameters, 1);
      // What is not known of the parts, they say themselves.
      const settings = new Settings(args, () => undefined);
      assemble({
        settings,
        call,
        attribute,
        part: (own, cls, positional, keywords = {}) => {
          const part = call.interpreter.call(cls, { positional, keywords: new Map(Object.entries(keywords)) });
          attribute(own, part);
          return part;
        },
      });
      state.lower = (use) => use.trace.within(use.layer, () => forward(useOf(use, inputs)));
    },
    methods,
  );
}

export function useOf(use: LayerCall, names: readonly string[]): CompositeUse {
  const { call, layer, inputs } = use;
  return {
    ...use,
    args: new CallArguments({ ...call, positional: inputs }, names),
    part: (name) => call.interpreter.getAttribute(layer, name),
    apply: (callee, ...positional) => call.interpreter.apply(callee, ...positional),
  };
}

/** A method of a composite layer that is itself a step of its `forward`, and may be called or replaced by the source. */
export function stepMethod(names: readonly string[], step: (use: CompositeUse) => Value): (call: Call) => Value {
  return (call) => {
    const layer: InstanceValue = self(call);
    const { trace } = sessionOf(call.interpreter);
    return trace ? step(useOf({ trace, layer, inputs: call.positional.slice(1), call, site: call.site }, names)) : none;
  };
}
