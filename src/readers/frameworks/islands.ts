import type { Names } from '../python/parsing/names';
import type { ModulePart } from '../python/syntax';

/** The parts of a file by what they have to do with each other. */
export interface Islands {
  /** What all others may use, and what uses nothing that the file defines: imports, numbers. */
  readonly common: readonly ModulePart[];
  /** Parts that use each other's names, and nobody else's. */
  readonly islands: readonly (readonly ModulePart[])[];
}

/**
 * Models that have nothing to do with each other can be read apart. Parts belong together where one mentions a name that the other
 * defines, be it in a text.
 * @param ordered words of libraries whose models depend on what was made before them: all parts that may use them belong together
 */
export function islandsOf(parts: readonly ModulePart[], ordered: readonly string[]): Islands {
  const described = parts.map((part) => describe(part));
  const local = localNames(described);
  const ordering = ordered.length > 0 ? importedNames(parts, ordered) : new Set<string>();
  const owners = new Map<string, number>();
  const group = described.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (group[at] !== at) at = group[at] = group[group[at] ?? at] ?? at;
    return at;
  };
  const join = (name: string, index: number): void => {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, index);
    else group[root(index)] = root(owner);
  };
  const isCommon = described.map(
    ({ definition, mentioned }) => !definition && !some(mentioned, local) && !some(mentioned, ordering),
  );
  for (const [index, { given, mentioned }] of described.entries()) {
    if (isCommon[index]) continue;
    for (const name of [...given, ...mentioned]) if (local.has(name)) join(name, index);
    if (some(mentioned, ordering)) join('', index);
  }
  const islands = new Map<number, ModulePart[]>();
  for (const [index, { part }] of described.entries()) {
    if (isCommon[index]) continue;
    const island = islands.get(root(index));
    if (island) island.push(part);
    else islands.set(root(index), [part]);
  }
  // A docstring does nothing.
  const common = described.flatMap(({ part, given, mentioned }, index) =>
    isCommon[index] && (!part.parses || given.size + mentioned.size > 0) ? [part] : [],
  );
  return { common, islands: [...islands.values()] };
}

interface Described extends Names {
  readonly part: ModulePart;
  readonly definition: boolean;
}

function describe(part: ModulePart): Described {
  const { section, text } = part;
  const definition = section.kind !== 'code' || /^(async def|def|class)\b/m.test(text);
  // Nobody has asked for it yet: it is not parsed for this, be its names a few too many.
  const isUnread = section.name !== undefined && !part.isParsed;
  if (!isUnread && part.parses) return { part, definition, ...part.names };
  // What does not parse may be anything; but a definition is of its name, and nothing else.
  const words = new Set(text.match(/\w+/g));
  return { part, definition, given: section.name === undefined ? words : new Set([section.name]), mentioned: words };
}

/** What the file defines, and the names of what it computes from that. */
function localNames(described: readonly Described[]): ReadonlySet<string> {
  const local = new Set(described.filter(({ definition }) => definition).flatMap(({ given }) => [...given]));
  for (let size = -1; size !== local.size;) {
    size = local.size;
    for (const { mentioned, given } of described) if (some(mentioned, local)) for (const name of given) local.add(name);
  }
  return local;
}

const imports = /^[ \t]*(?:from\b[^\n]*\bimport[ \t]*(?:\([^)]*\)|[^\n]*)|import\b[^\n]*)/gm;

/** All words of the imports that mention one of these. */
function importedNames(parts: readonly ModulePart[], mentioned: readonly string[]): ReadonlySet<string> {
  const statements = parts.flatMap(({ text }) => text.match(imports) ?? []);
  const wanted = statements.filter((statement) => mentioned.some((word) => statement.includes(word)));
  return new Set(wanted.flatMap((statement) => statement.match(/\w+/g) ?? []).filter((word) => !keywords.has(word)));
}

const keywords = new Set(['from', 'import', 'as']);

function some(words: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const word of wanted) if (words.has(word)) return true;
  return false;
}
