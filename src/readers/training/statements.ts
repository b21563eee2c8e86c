import type { Range } from '../text/source';
import type { Expression, Statement, StatementOf } from '../python/syntax';
import { defineClass } from './classes';
import { notePlainList } from './plainLists';
import { addInPlace, evaluate, evaluateAll, iterated, roundsOf } from './expressions';
import { madeIn, nothingKnown, valuesOf, type Thing } from './things';
import type { Frame, Walk } from './walk';

/** How a block ends before its end: for good, or perhaps with the next round of its loop. */
type Ending = 'ends' | 'perhapsNext' | undefined;

/** Walk a block. */
export function execute(walk: Walk, statements: readonly Statement[], frame: Frame): Ending {
  for (const [index, statement] of statements.entries()) {
    walk.spend();
    const outer = walk.statement;
    walk.statement = statement;
    const ending = executeOne(walk, statement, frame);
    walk.statement = outer;
    if (ending === 'ends') return ending;
    if (ending === 'perhapsNext') {
      walk.perhaps(() => execute(walk, statements.slice(index + 1), frame));
      return ending;
    }
  }
  return undefined;
}

function executeOne(walk: Walk, statement: Statement, frame: Frame): Ending {
  const { names } = frame;
  switch (statement.kind) {
    case 'expression':
      evaluate(walk, statement.value, frame);
      return undefined;
    case 'assign': {
      const value = evaluate(walk, statement.value, frame);
      for (const target of statement.targets) {
        assign(walk, target, value, frame);
        notePlainList(walk, target, statement.value, value, frame);
      }
      return undefined;
    }
    case 'annotated':
      if (statement.value) assign(walk, statement.target, evaluate(walk, statement.value, frame), frame);
      return undefined;
    case 'augmented':
      assign(walk, statement.target, addInPlace(walk, statement, frame), frame);
      return undefined;
    case 'if':
      return executeIf(walk, statement, frame);
    case 'for':
      return executeFor(walk, statement, frame);
    case 'while':
      return executeWhile(walk, statement, frame);
    case 'function':
      walk.assign(names, statement.name, {
        kind: 'function',
        name: statement.name,
        parameters: statement.parameters,
        body: statement.body,
        syntax: statement,
        names,
        self: undefined,
      });
      return undefined;
    case 'class':
      walk.assign(names, statement.name, defineClass(walk, statement, frame));
      return undefined;
    case 'return':
      frame.returns.push(statement.value ? evaluate(walk, statement.value, frame) : { kind: 'none' });
      return 'ends';
    case 'import':
      walk.assign(names, statement.alias ?? statement.module.split('.')[0] ?? '', {
        kind: 'library',
        path: statement.alias === undefined ? (statement.module.split('.')[0] ?? '') : statement.module,
      });
      return undefined;
    case 'importFrom':
      for (const { name, alias } of statement.names)
        walk.assign(names, alias ?? name, {
          kind: 'library',
          path: `${'.'.repeat(statement.level)}${statement.module}.${name}`,
        });
      return undefined;
    case 'with':
      return executeWith(walk, statement, frame);
    case 'try':
      return executeTry(walk, statement, frame);
    case 'match':
      evaluate(walk, statement.subject, frame);
      for (const { body } of statement.cases) walk.perhaps(() => execute(walk, body, frame));
      return undefined;
    case 'raise':
      if (statement.value) evaluate(walk, statement.value, frame);
      return 'ends';
    case 'assert':
      evaluate(walk, statement.test, frame);
      return undefined;
    case 'scope':
      for (const name of statement.names) {
        const scope = statement.binding === 'global' ? names.module : names.outer;
        if (scope) names.elsewhere.set(name, scope);
      }
      return undefined;
    case 'break':
      return 'ends';
    case 'continue':
      return 'ends';
    case 'delete':
    case 'pass':
    case 'unsupported':
      return undefined;
  }
}

function executeIf(walk: Walk, { test, body, otherwise }: StatementOf<'if'>, frame: Frame): Ending {
  if (isMain(test)) return execute(walk, body, frame);
  evaluate(walk, test, frame);
  walk.perhaps(() => execute(walk, body, frame));
  walk.perhaps(() => execute(walk, otherwise, frame));
  // What follows is not come to where the round is over; a loop that is left is left after whole rounds.
  return [body, otherwise].some((block) => goesOn(block)) ? 'perhapsNext' : undefined;
}

/** `if __name__ == '__main__':` */
function isMain(test: Expression): boolean {
  const first = test.kind === 'comparison' ? test.operands[0] : undefined;
  return first?.kind === 'name' && first.name === '__name__';
}

/** Whether a block may end with the next round of the loop around it. */
function goesOn(block: readonly Statement[]): boolean {
  return block.some(
    (statement) =>
      statement.kind === 'continue' ||
      (statement.kind === 'if' && (goesOn(statement.body) || goesOn(statement.otherwise))),
  );
}

function executeFor(walk: Walk, statement: StatementOf<'for'>, frame: Frame): Ending {
  const { target, iterable, body, otherwise } = statement;
  const items = evaluate(walk, iterable, frame);
  walk.loop(headOf(statement), roundsOf(items, iterable, walk, frame), () => {
    assign(walk, target, iterated(walk, items), frame);
    execute(walk, body, frame);
  });
  execute(walk, otherwise, frame);
  return undefined;
}

function executeWhile(walk: Walk, statement: StatementOf<'while'>, frame: Frame): Ending {
  walk.loop(headOf(statement), undefined, () => {
    evaluate(walk, statement.test, frame);
    execute(walk, statement.body, frame);
  });
  execute(walk, statement.otherwise, frame);
  return undefined;
}

/** A statement without its body. */
function headOf({ start, end, body }: StatementOf<'for'> | StatementOf<'while'>): Range {
  return { start, end: body[0]?.start ?? end };
}

/** Contexts in which no gradient is computed. */
const withoutGradients = new Set(['torch.no_grad', 'torch.inference_mode', 'torch.autograd.no_grad']);

function executeWith(walk: Walk, { items, body, start, end }: StatementOf<'with'>, frame: Frame): Ending {
  let off = false;
  for (const { value, target } of items) {
    const context = evaluate(walk, value, frame);
    if (target) assign(walk, target, context, frame);
    off ||= turnsGradientsOff(walk, value, frame);
  }
  const run = (): Ending => execute(walk, body, frame);
  return off ? walk.noGradients({ start, end }, run) : run();
}

/** `torch.no_grad()`, `torch.set_grad_enabled(False)`; not where a condition decides. */
export function turnsGradientsOff(walk: Walk, value: Expression, frame: Frame): boolean {
  const callee = value.kind === 'call' ? value.callee : value;
  const thing = callee.kind === 'name' || callee.kind === 'attribute' ? evaluate(walk, callee, frame) : nothingKnown;
  if (thing.kind !== 'library') return false;
  if (withoutGradients.has(thing.path)) return true;
  const [argument] = value.kind === 'call' ? value.arguments : [];
  const told = argument?.value.kind === 'literal' ? argument.value.value : undefined;
  return thing.path === 'torch.set_grad_enabled' && told?.type === 'bool' && !told.value;
}

function executeTry(walk: Walk, statement: StatementOf<'try'>, frame: Frame): Ending {
  const ending = execute(walk, statement.body, frame);
  for (const { body } of statement.handlers) walk.perhaps(() => execute(walk, body, frame));
  if (ending === undefined) execute(walk, statement.otherwise, frame);
  execute(walk, statement.finally, frame);
  return ending;
}

/** Give a target its value. */
export function assign(walk: Walk, target: Expression, value: Thing, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      walk.assign(frame.names, target.name, value);
      return;
    case 'sequence':
      for (const [index, item] of target.items.entries())
        assign(walk, item, partAt(walk, value, index, target.items.length), frame);
      return;
    case 'star':
      assign(walk, target.value, nothingKnown, frame);
      return;
    case 'attribute': {
      const object = evaluate(walk, target.object, frame);
      if (target.name === 'grad') walk.act({ kind: 'zeroGrad', targets: [], of: 'unknown' }, target);
      if (object.kind === 'made') for (const one of object.things) walk.assignAttribute(one, target.name, value);
      return;
    }
    case 'subscript':
      evaluateAll(walk, [target.object, target.index], frame);
      return;
    default:
  }
}

/** One of several names that a value is taken apart into. */
function partAt(walk: Walk, value: Thing, index: number, count: number): Thing {
  if (value.kind === 'list' && value.items.length === count) return value.items[index] ?? nothingKnown;
  if (value.kind === 'tensor') return walk.tensor({ grad: value.grad, from: valuesOf([value]) });
  if (value.kind === 'made' || value.kind === 'unknown')
    return madeIn(value).length > 0 && value.kind === 'unknown'
      ? value
      : { kind: 'made', things: [walk.make(undefined, value.kind === 'made' ? value.things[0]?.path : undefined)] };
  return nothingKnown;
}
