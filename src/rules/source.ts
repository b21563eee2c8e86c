/** Just enough Python to edit one call whose text is known. */

/** `head(first, …)` taken apart: `nn.init.normal_`, `m.weight`. Undefined where the text is no call. */
export function callParts(text: string): { readonly head: string; readonly first: string } | undefined {
  const open = text.indexOf('(');
  if (open < 0 || !text.trimEnd().endsWith(')')) return undefined;
  const head = text.slice(0, open).trim();
  const inner = text.trimEnd().slice(open + 1, -1);
  return { head, first: inner.slice(0, firstComma(inner)).trim() };
}

function firstComma(text: string): number {
  let depth = 0;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) return at;
  }
  return text.length;
}
