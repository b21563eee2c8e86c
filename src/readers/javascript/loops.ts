import { unknown, type UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import { executePerhaps } from './branches';
import type { Interpreter } from './interpreter';
import { isElements, keysOf } from './iteration';
import { symbolOf, truth } from './operators';
import { bind } from './patterns';
import type { Scope } from './scope';
import type { Signal } from './statements';
import type { StatementOf } from './syntax';
import { string, type Value } from './values';

/** Rounds that a loop is followed for in which nothing happens that the host waits for (a training loop). */
const idleRounds = 48;

/** Whether a loop is to be followed further: its rounds are bounded, and those that do nothing of interest more so. */
class Rounds {
  #count = 0;
  #idle = 0;
  #progress: number;

  constructor(private readonly interpreter: Interpreter) {
    this.#progress = interpreter.host.progress();
  }

  next(): boolean {
    const progress = this.interpreter.host.progress();
    this.#idle = progress === this.#progress ? this.#idle + 1 : 0;
    this.#progress = progress;
    this.#count++;
    return this.#count <= this.interpreter.limits.rounds && (this.#idle < idleRounds || this.#cheap());
  }

  /** Small loops that only compute are followed to their end. */
  #cheap(): boolean {
    return this.interpreter.budget.spent < this.interpreter.limits.steps / 8;
  }
}

export function executeFor(interpreter: Interpreter, statement: StatementOf<'for'>, scope: Scope): Signal | undefined {
  const { initialise, test, step, body } = statement;
  const head = scope.block();
  interpreter.execute(initialise, head);
  return whileTrue(
    interpreter,
    () => (test ? interpreter.evaluate(test, head) : undefined),
    siteOf(scope, test ?? statement),
    () => {
      // Each round has variables of its own.
      const round = scope.block();
      for (const [name, value] of head.variables.entries()) round.declare(name, value, interpreter.journal);
      const signal = interpreter.execute(body, round.block());
      for (const name of head.variables.entries().keys()) {
        const value = round.variables.get(name);
        if (value) head.declare(name, value, interpreter.journal);
      }
      if (step && signal?.kind !== 'break' && signal?.kind !== 'return') interpreter.evaluate(step, head);
      return signal;
    },
  );
}

export function executeWhile(
  interpreter: Interpreter,
  statement: StatementOf<'while'>,
  scope: Scope,
): Signal | undefined {
  const { test, body, bodyFirst } = statement;
  const round = (): Signal | undefined => interpreter.execute(body, scope.block());
  if (bodyFirst) {
    const signal = round();
    if (signal?.kind === 'return') return signal;
    if (signal?.kind === 'break') return undefined;
  }
  return whileTrue(interpreter, () => interpreter.evaluate(test, scope), siteOf(scope, test), round);
}

function whileTrue(
  interpreter: Interpreter,
  test: () => Value | undefined,
  site: Site,
  round: () => Signal | undefined,
): Signal | undefined {
  const rounds = new Rounds(interpreter);
  for (;;) {
    const value = test();
    const condition = value ? truth(value) : true;
    if (condition === false) return undefined;
    const doubt = condition === true ? manyRounds(site) : condition;
    if (condition !== true || !rounds.next()) {
      executePerhaps(interpreter, round, doubt, site);
      return undefined;
    }
    const signal = round();
    if (signal?.kind === 'return') return signal;
    if (signal?.kind === 'break') return undefined;
  }
}

const manyRounds = (site: Site): UnknownValue => unknown('the loop', 'has more rounds than are followed', site);

const siteOf = ({ source }: Scope, { start, end }: { start: number; end: number }): Site => ({ source, start, end });

export function executeForEach(
  interpreter: Interpreter,
  statement: StatementOf<'forEach'>,
  scope: Scope,
): Signal | undefined {
  const { over, target, iterable, body } = statement;
  const value = interpreter.evaluate(iterable, scope);
  const site = siteOf(scope, iterable);
  const run = (element: Value): Signal | undefined => {
    const inner = scope.block();
    bind(interpreter, target, element, inner, { kind: 'declare', into: inner });
    return interpreter.execute(body, inner);
  };
  const elements = over === 'keys' ? keys(interpreter, value) : interpreter.iterate(value);
  if (!isElements(elements)) {
    const element: UnknownValue = {
      ...elements,
      symbol: `${symbolOf(value)}[…]`,
      subject: elements.subject ?? elements.symbol,
    };
    executePerhaps(interpreter, () => run(element), elements, site);
    return undefined;
  }
  const rounds = new Rounds(interpreter);
  for (const element of elements) {
    if (!rounds.next()) {
      executePerhaps(interpreter, () => run(element), manyRounds(site), site);
      return undefined;
    }
    const signal = run(element);
    if (signal?.kind === 'return') return signal;
    if (signal?.kind === 'break') return undefined;
  }
  return undefined;
}

function keys(interpreter: Interpreter, value: Value): readonly Value[] | UnknownValue {
  const names = keysOf(interpreter, value);
  return 'type' in names ? names : names.map(string);
}
