import { isKnown, type Dim } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { unknown, type ClassValue, type Value } from '../../python/values';
import { fromDim, Settings } from '../../frameworks/sizes';
import { parameterState, tensorState } from '../tensor';
import { layerClass, type LayerDefinition, type LayerSetup } from './define';

/**
 * A layer of which one size is told by its first input: that of an axis. Its parameters have their places from the start, and their
 * shapes once a `forward` is followed.
 */
export function lazyClass(name: string, definition: LayerDefinition, size: string, axis: number): ClassValue {
  const parameters = definition.parameters.filter((parameter) => parameter !== size);
  return layerClass({
    name,
    parameters,
    ...(definition.methods ? { methods: definition.methods } : {}),
    ...(definition.base ? { base: definition.base } : {}),
    make: (setup) => {
      const { call } = setup.settings.args;
      const remade = (dim: Value): Settings => {
        const keywords = new Map<string, Value>([[size, dim]]);
        for (const parameter of parameters) {
          const value = setup.settings.args.get(parameter);
          if (value) keywords.set(parameter, value);
        }
        return new Settings(
          new CallArguments({ ...call, positional: [], keywords }, definition.parameters),
          () => undefined,
        );
      };
      const open = unknown(size, 'is told by the first input', call.site);
      const forward = definition.make({ ...setup, settings: remade(open) });
      return (use) => {
        const known: Dim | undefined = use.trace.shape(use.x)?.at(axis);
        if (!isKnown(known)) return forward(use);
        return definition.make(sized({ ...setup, settings: remade(fromDim(known)) }))(use);
      };
    },
  });

  /** Sets the shapes of the parameters that are there, instead of making new ones. */
  function sized(setup: LayerSetup): LayerSetup {
    const { journal } = setup.settings.args.call.interpreter;
    return {
      ...setup,
      parameter: (own, role, shape, axes, draw) => {
        const there = setup.module.attributes.get(own);
        const state = parameterState(there);
        if (!state || there?.type !== 'instance') return setup.parameter(own, role, shape, axes, draw);
        journal.beforeChange(state);
        state.shape = shape;
        return there;
      },
      buffer: (own, shape, value) => {
        const state = tensorState(setup.module.attributes.get(own));
        if (state?.kind !== 'constant') {
          setup.buffer(own, shape, value);
          return;
        }
        journal.beforeChange(state);
        state.shape = shape;
      },
    };
  }
}
