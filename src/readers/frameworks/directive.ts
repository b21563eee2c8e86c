import type { Shape } from '../../network';
import { BATCH } from '../../network';
import type { Interpreter } from '../python/interpreter';
import { isElements } from '../python/operators';
import type { PythonParser } from '../python/parser';
import { commentMark } from '../text/grammar';
import type { Scope } from '../python/scope';
import type { Range, SourceText } from '../text/source';
import type { Argument, ExpressionOf } from '../python/syntax';
import { numberOf, type Value } from '../python/values';
import { toDim } from './sizes';

/** What a comment says: `# gradlens: Model(dim=256), input=(3, 32, 32)`. */
export interface Directive extends Range {
  /** How the model is to be made. */
  readonly model: ExpressionOf<'call'> | undefined;
  /** Shapes of the inputs, with the batch axis before what is written. */
  readonly inputs: readonly Shape[] | undefined;
}

/** The comment is read as the arguments of a call, and its shapes are evaluated where the module's names are known. */
export function readDirective(
  range: Range,
  source: SourceText,
  parser: PythonParser,
  interpreter: Interpreter,
  scope: Scope,
): Directive {
  const words = source.slice(range);
  const content = words.slice(words.indexOf(commentMark) + commentMark.length);
  const given = parser.parseArguments(content, range.end - content.length);
  const model = given.find((argument) => argument.kind === 'positional' && argument.value.kind === 'call')?.value;
  const input = given.find((argument) => argument.kind === 'keyword' && argument.name === 'input');
  return {
    ...range,
    model: model?.kind === 'call' ? model : undefined,
    inputs: input && shapesOf(input, interpreter, scope),
  };
}

/** The shapes that an argument `input=…` tells, with the batch axis before what is written; undefined for anything else. */
function shapesOf(argument: Argument, interpreter: Interpreter, scope: Scope): readonly Shape[] | undefined {
  const value = interpreter.evaluate(argument.value, scope);
  const elements = numberOf(value) === undefined ? interpreter.iterate(value) : [value];
  if (!isElements(elements) || elements.length === 0) return undefined;
  // `(3, 32, 32)` is one input; `[(3, 32, 32), (10,)]` are two.
  const tuples = elements.flatMap((element) => (element.type === 'tuple' ? [element.items] : []));
  return tuples.length === elements.length ? tuples.map(shapeOf) : [shapeOf(elements)];
}

function shapeOf(items: readonly Value[]): Shape {
  return [BATCH, ...items.map(toDim)];
}
