import type { LossUse } from '../../network';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import { spanOf, type SourceText } from '../text/source';
import type { Expression, ModulePart } from '../python/syntax';
import type { InstanceValue, Value } from '../python/values';
import { lossFunctions, lossModules } from './loss';
import type { PytorchSession } from './session';

/** The losses that the file applies to a model's output, where that could be followed. */
export function followedLosses(session: PytorchSession, model: InstanceValue): readonly LossUse[] {
  const uses = session.losses
    .filter((use) => use.model === model)
    .map(({ kind, site }) => ({ kind, span: spanOf(site) }));
  return uniqueByPlace(uses);
}

/** Every loss that the file mentions: for a file with one model, whose training loop is not followed. */
export function mentionedLosses(
  parts: readonly ModulePart[],
  source: SourceText,
  interpreter: Interpreter,
  scope: Scope,
): readonly LossUse[] {
  const uses: LossUse[] = [];
  const names = [...Object.keys(lossModules), ...Object.keys(lossFunctions)];
  const mentioning = parts.filter(({ text }) => names.some((name) => text.includes(name)));
  for (const expression of callsIn(mentioning.map(({ statements }) => statements))) {
    const { callee } = expression;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    const kind = lossModules[name] ?? lossFunctions[name];
    if (kind === undefined || !isPlainName(callee)) continue;
    const value = interpreter.evaluate(callee, scope);
    if (isTorchs(value, name)) uses.push({ kind, span: source.span(expression) });
  }
  return uniqueByPlace(uses);
}

function isTorchs(value: Value, name: string): boolean {
  return (
    (value.type === 'class' && value.site === undefined && value.name === name) ||
    (value.type === 'builtin' && value.name === name)
  );
}

function isPlainName(expression: Expression): boolean {
  return expression.kind === 'name' || (expression.kind === 'attribute' && isPlainName(expression.object));
}

function uniqueByPlace(uses: readonly LossUse[]): readonly LossUse[] {
  return [...new Map(uses.map((use) => [use.span.start.offset, use])).values()];
}

type Call = Extract<Expression, { kind: 'call' }>;

/** All calls below a piece of syntax, found by walking its plain data. */
function callsIn(syntax: unknown): readonly Call[] {
  const found: Call[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isCall(value)) found.push(value);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(syntax);
  return found;
}

function isCall(value: object): value is Call {
  return 'kind' in value && value.kind === 'call';
}
