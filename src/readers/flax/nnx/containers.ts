import { builtin } from '../../python/classes';
import { isElements } from '../../python/operators';
import { DictValue, ListValue, none, text, type Value } from '../../python/values';
import { chained } from '../layers/chain';
import { nnxClass } from './layer';

/** `nnx.List([…])`: it is spelled as a list would be. */
const list = builtin('List', ({ positional: [given], interpreter }) => {
  if (!given) return new ListValue([]);
  const elements = interpreter.iterate(given);
  return isElements(elements) ? new ListValue([...elements]) : elements;
});

const dict = builtin('Dict', ({ positional: [given], keywords }) => {
  const made = new DictValue();
  if (given?.type === 'dict') {
    made.entries = new Map(given.entries);
    made.taint = given.taint;
  }
  for (const [name, value] of keywords) made.set(text(name), value);
  return made;
});

export const containers: Readonly<Record<string, Value>> = {
  List: list,
  Dict: dict,
  Sequential: nnxClass({
    name: 'Sequential',
    parameters: [],
    initialise: ({ layer, call }) =>
      layer.attributes.set('layers', new ListValue(call.positional.slice(1)), call.interpreter.journal),
    methods: { __call__: ({ layer }, use) => chained(layer.attributes.get('layers') ?? none, use) },
  }),
};
