import { argument, type Arguments } from './calls';
import { nothingKnown, type MadeThing, type Thing } from './things';
import type { Walk } from './walk';

/** `argparse.ArgumentParser()`: its options stand for their defaults, which is what people train with who give nothing. */
export function parserThing(walk: Walk, path: string): Thing {
  return { kind: 'made', things: [walk.make('parser', path)] };
}

/** A method of a parser. */
export function callParser(walk: Walk, parser: MadeThing, name: string, given: Arguments): Thing {
  switch (name) {
    case 'add_argument':
      addOption(walk, parser, given);
      return nothingKnown;
    case 'parse_args':
    case 'parse_known_args': {
      const options: MadeThing = {
        ...walk.make(undefined, 'argparse.Namespace'),
        attributes: new Map(parser.attributes),
      };
      const made: Thing = { kind: 'made', things: [options] };
      return name === 'parse_args' ? made : { kind: 'list', items: [made, nothingKnown] };
    }
    case 'add_argument_group':
    case 'add_mutually_exclusive_group':
      return { kind: 'made', things: [parser] };
    default:
      return nothingKnown;
  }
}

/** `parser.add_argument('--lr', type=float, default=1e-3)` */
function addOption(walk: Walk, parser: MadeThing, given: Arguments): void {
  const texts = given.positional.flatMap((name) => (name.kind === 'text' ? [name.value] : []));
  const long = texts.find((name) => name.startsWith('--')) ?? texts[0];
  const told = argument(given, 'dest');
  const name = told?.kind === 'text' ? told.value : long?.replace(/^-+/, '').replaceAll('-', '_');
  const fallback = argument(given, 'default');
  if (name !== undefined) walk.assignAttribute(parser, name, fallback ?? nothingKnown);
}
