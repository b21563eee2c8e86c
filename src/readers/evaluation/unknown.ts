import type { Site } from '../text/source';

/** What the source does not tell. It spreads: whatever is computed from it is unknown as well. */
export interface UnknownValue {
  readonly type: 'unknown';
  /** A short name for people, mostly the expression's own text: `args.hidden`. Equal symbols stand for equal values. */
  readonly symbol: string;
  /** Why it is not known, to stand after the symbol: `comes from argparse`. */
  readonly cause: string;
  /** What the cause speaks of, where that is not whatever has been computed: the name of an argument. */
  readonly subject?: string;
  /** Where knowledge ended. */
  readonly site: Site | undefined;
}

export function unknown(symbol: string, cause: string, site?: Site): UnknownValue {
  return { type: 'unknown', symbol, cause, site };
}

/** Why it is not known, as a sentence for people: "`args.hidden` comes from argparse". */
export function reasonOf({ symbol, cause, subject }: UnknownValue): string {
  return `\`${subject ?? shownSymbol(symbol)}\` ${cause}`;
}

const placeMark = ' (line ';

/** A symbol without the line that tells it apart from others of its name. */
export function shownSymbol(symbol: string): string {
  const at = symbol.lastIndexOf(placeMark);
  return at > 0 && symbol.endsWith(')') ? symbol.slice(0, at) : symbol;
}

/** The name of what two branches left under `name`: by the place as well, as the same name may be joined again elsewhere. */
export function joinedSymbol(name: string, { site }: UnknownValue): string {
  return site ? `${name}${placeMark}${site.source.position(site.start).line + 1})` : name;
}
