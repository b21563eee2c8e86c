import type { InitializationSite } from '../../network';
import type { Scope } from '../python/scope';
import type { Range, SourceText } from '../text/source';
import type { ClassSyntax } from '../python/syntax';
import { nnModule, torchModule } from './torch';

/** Where code can be added that runs once all modules of the class are made: after the last statement of its `__init__`. */
export function siteInClass(cls: ClassSyntax, source: SourceText, scope: Scope): InitializationSite | undefined {
  const constructor = cls.body.find((statement) => statement.kind === 'function' && statement.name === '__init__');
  if (constructor?.kind !== 'function') return undefined;
  const [first] = constructor.body;
  const last = constructor.body.at(-1);
  const receiver = constructor.parameters[0]?.name;
  if (!first || !last || receiver === undefined) return undefined;
  return siteAfter(last, indentAt(first.start, source), receiver, source, scope);
}

/** The same for a variable: after the statement that gives it its value. */
export function siteAfterStatement(
  statement: Range,
  receiver: string,
  source: SourceText,
  scope: Scope,
): InitializationSite {
  return siteAfter(statement, indentAt(statement.start, source), receiver, source, scope);
}

function siteAfter(
  statement: Range,
  indent: string,
  receiver: string,
  source: SourceText,
  scope: Scope,
): InitializationSite {
  const newline = source.text.indexOf('\n', statement.end);
  const offset = newline < 0 ? source.text.length : newline + 1;
  return { at: source.span({ start: offset, end: offset }), indent, receiver, nn: spellingOfNn(scope) };
}

function indentAt(offset: number, source: SourceText): string {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const line = source.text.slice(lineStart, offset);
  const end = Array.from(line).findIndex((character) => character !== ' ' && character !== '\t');
  return end < 0 ? line : line.slice(0, end);
}

/** The shortest name under which the file knows `torch.nn`. */
function spellingOfNn(scope: Scope): string | undefined {
  let viaTorch: string | undefined;
  for (const [name, value] of scope.variables.entries()) {
    if (value === nnModule) return name;
    if (value === torchModule) viaTorch ??= `${name}.nn`;
  }
  return viaTorch;
}
