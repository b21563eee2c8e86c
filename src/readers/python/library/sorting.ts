import { compare } from '../comparison';
import type { Call, UnknownValue, Value } from '../values';

/** Elements in order, by a key and backwards where the keywords of the call say so; or why their order is not known. */
export function sortedBy(
  elements: readonly Value[],
  keywords: Call['keywords'],
  interpreter: Call['interpreter'],
): readonly Value[] | UnknownValue {
  const byKey = keywords.get('key');
  const reverse = keywords.get('reverse');
  const keyed = elements.map((element) => ({
    element,
    key: byKey && byKey.type !== 'none' ? interpreter.apply(byKey, element) : element,
  }));
  const backwards = reverse !== undefined && interpreter.truth(reverse) === true ? -1 : 1;
  let doubt: UnknownValue | undefined;
  const isLess = (a: Value, b: Value): boolean => {
    const less = interpreter.truth(compare(interpreter, '<', a, b));
    if (typeof less !== 'boolean') doubt ??= less;
    return less === true;
  };
  keyed.sort((a, b) => backwards * (isLess(a.key, b.key) ? -1 : isLess(b.key, a.key) ? 1 : 0));
  return doubt ?? keyed.map(({ element }) => element);
}
