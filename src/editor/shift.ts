/** A place of a text, both counted from zero, as VS Code counts. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** One replacement of text, as VS Code reports it. */
export interface TextChange {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly text: string;
}

/**
 * Where a place of the old text stands after the changes (each given in the text that the ones before it made, the order in which
 * VS Code reports them). What was written anew carries its places to the start of the change; text inserted at a place pushes it on.
 */
export function shiftPlace(place: Place, changes: readonly TextChange[]): Place {
  let shifted = place;
  for (const change of changes) shifted = shiftOnce(shifted, change);
  return shifted;
}

function shiftOnce(place: Place, { range, text }: TextChange): Place {
  if (isBefore(place, range.start)) return place;
  if (isBefore(place, range.end)) return range.start;
  const lines = text.split('\n');
  const lastLine = range.start.line + lines.length - 1;
  if (place.line > range.end.line) return { line: place.line - range.end.line + lastLine, character: place.character };
  const before = lines.length === 1 ? range.start.character : 0;
  return { line: lastLine, character: before + (lines.at(-1)?.length ?? 0) + place.character - range.end.character };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
