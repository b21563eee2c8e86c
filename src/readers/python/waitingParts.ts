import type { ModulePart } from './syntax';

/** A file is read for the models that it makes, or only asked for what it defines. */
export type Reading = 'program' | 'library';

/**
 * Which parts of a module may wait until their names are asked for. In a program what may make a model is executed where it stands, and so is what may be told what is defined. A definition that
 * uses a name which changes is evaluated before it does.
 */
export function waitingParts(parts: readonly ModulePart[], as: Reading): (part: ModulePart) => boolean {
  if (as === 'library') return ({ section: { kind } }) => kind !== 'code';
  const changing = namesAssignedAgain(parts);
  return ({ section: { kind, decorated }, text: code }) => {
    if (kind !== 'function' || decorated === true) return false;
    const words = changing.size > 0 ? (headerOf(code).match(/\w+/g) ?? []) : [];
    return !words.some((word) => changing.has(word));
  };
}

/** What stands before the body of a function, with the defaults of its parameters. */
function headerOf(code: string): string {
  const end = /:[ \t]*(#.*)?\n/.exec(code);
  return code.slice(0, end?.index);
}

/** Names that the code of a file gives a value to in more than one place. */
function namesAssignedAgain(parts: readonly ModulePart[]): ReadonlySet<string> {
  const once = new Set<string>();
  const again = new Set<string>();
  for (const part of parts) {
    const { kind, registrar } = part.section;
    // The others are not parsed for this.
    if (kind !== 'code' || registrar !== undefined) continue;
    for (const name of part.names.given) {
      if (once.has(name)) again.add(name);
      once.add(name);
    }
  }
  return again;
}
