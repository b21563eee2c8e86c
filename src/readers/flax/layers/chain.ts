import { isElements } from '../../python/operators';
import { none, type Call, type Value } from '../../python/values';
import { ArrayRecording } from '../array';
import { arraysOf } from './attention';

/** Layers and functions one after the other; a tuple is handed on as arguments, a dict by its names. */
export function chained(layers: Value, use: Call): Value {
  const { interpreter } = use;
  const elements = interpreter.iterate(layers);
  if (!isElements(elements))
    return new ArrayRecording(use, true).opaque(
      'The layers of this `Sequential` are not known.',
      arraysOf(use),
      'those of a `Sequential`',
    );
  let given: Pick<Call, 'positional' | 'keywords'> = use;
  let result: Value = use.positional[0] ?? none;
  for (const layer of elements) {
    result = interpreter.call(layer, { positional: given.positional, keywords: given.keywords });
    given = argumentsOf(result);
  }
  return result;
}

function argumentsOf(result: Value): Pick<Call, 'positional' | 'keywords'> {
  if (result.type === 'tuple') return { positional: result.items, keywords: new Map() };
  if (result.type !== 'dict') return { positional: [result], keywords: new Map() };
  const named = [...result.entries.values()].flatMap(([key, value]) =>
    key.type === 'str' ? [[key.value, value] as const] : [],
  );
  return { positional: [], keywords: new Map(named) };
}
