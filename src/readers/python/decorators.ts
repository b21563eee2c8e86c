import type { Interpreter } from './interpreter';
import type { Scope } from './scope';
import type { Expression } from './syntax';
import { reasonOf, type UnknownValue, type Value } from './values';

/** Words of the names of decorators that leave what they decorate as it is, as far as a model is concerned. */
const harmless = [
  'abstract',
  'amp',
  'app',
  'autocast',
  'autodoc',
  'backend',
  'beartype',
  'bwd',
  'cache',
  'cli',
  'command',
  'compile',
  'deprecat',
  'doc',
  'experimental',
  'export',
  'final',
  'fixture',
  'fwd',
  'grad',
  'guard',
  'hub',
  'inference',
  'jaxtyped',
  'jit',
  'kernel',
  'main',
  'option',
  'overload',
  'override',
  'patch',
  'profil',
  'rank_zero',
  'register',
  'requires',
  'script',
  'serializable',
  'trace',
  'typecheck',
  'typed',
  'validate',
  'wrap',
];

/** Apply the decorators of a function or class, the last one first. One that is not known, and not known to be harmless, hides it. */
export function decorate(
  interpreter: Interpreter,
  decorators: readonly Expression[],
  made: Value,
  scope: Scope,
): Value {
  let result = made;
  for (const decorator of [...decorators].reverse()) {
    const callee = interpreter.evaluate(decorator, scope);
    // Before the call: what it calls may be unknown for another reason.
    if (callee.type === 'unknown') {
      if (!isHarmless(decorator)) result = hidden(callee, made);
      continue;
    }
    const decorated = interpreter.apply(callee, result);
    const followed = callee.type === 'function' || callee.type === 'method' || callee.type === 'class';
    if (decorated.type === 'none' || (decorated.type === 'unknown' && !(followed && !isHarmless(decorator)))) continue;
    result = decorated;
  }
  return result;
}

function hidden(decorator: UnknownValue, made: Value): UnknownValue {
  const name = made.type === 'function' || made.type === 'class' ? made.name : '…';
  return {
    ...decorator,
    symbol: name,
    subject: name,
    cause: `is decorated by something unknown: ${reasonOf(decorator)}`,
  };
}

function isHarmless(decorator: Expression): boolean {
  const name = nameOf(decorator).toLowerCase();
  return harmless.some((word) => name.includes(word));
}

function nameOf(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'attribute':
      return `${nameOf(expression.object)}.${expression.name}`;
    case 'call':
      return nameOf(expression.callee);
    default:
      return '';
  }
}
