/** Just enough Python to edit one call whose text is known. */

/** `head(first, …)` taken apart: `nn.init.normal_`, `m.weight`. Of `f(x).g(y)` the last call counts. Undefined where it is no call. */
export function callParts(text: string): { readonly head: string; readonly first: string } | undefined {
  const call = text.trim();
  let open = -1;
  let comma = -1;
  eachOutsideStrings(call, (character, at, depth) => {
    if (character === '(' && depth === 0) [open, comma] = [at, -1];
    if (character === ',' && depth === 1 && comma < 0) comma = at;
  });
  if (open < 0 || !call.endsWith(')')) return undefined;
  return { head: call.slice(0, open).trim(), first: call.slice(open + 1, comma < 0 ? -1 : comma).trim() };
}

/** Visit what is not in a string, with the number of brackets that are open before it. */
function eachOutsideStrings(text: string, visit: (character: string, at: number, depth: number) => void): void {
  let depth = 0;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
      continue;
    }
    if (character === '"' || character === "'") quote = character;
    visit(character, at, depth);
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
  }
}
