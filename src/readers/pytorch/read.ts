import type { Network, Note } from '../../network';
import { Interpreter } from '../python/interpreter';
import { builtinNames } from '../python/library/builtins';
import { asLimit, Budget, defaultLimits, type Limits } from '../python/limits';
import type { PythonParser } from '../python/parser';
import { Raised } from '../python/raised';
import type { Scope } from '../python/scope';
import { spanOf, type SourceText } from '../python/source';
import type { ModuleSyntax, Statement } from '../python/syntax';
import { unknown } from '../python/values';
import { buildNetwork } from './buildNetwork';
import { readDirective } from './comment';
import { PytorchHost } from './host';
import { mentionedLosses } from './lossUses';
import { findRoots, type Root } from './roots';
import { openSession, type Session } from './session';

/** Longer files are not read: nobody writes a model in so many lines. */
const longestText = 1_500_000;
/** Time for evaluating one file, in milliseconds. Far more than a real file needs. */
const timeLimit = 200;
/** Models of one file. */
const mostModels = 16;
const statementLimits: Limits = { ...defaultLimits, steps: 100_000 };

/** What a file holds. */
export interface ReadResult {
  readonly networks: readonly Network[];
  /** What was not understood outside of any network. */
  readonly notes: readonly Note[];
}

/** Read the PyTorch models of one file. Nothing is run; it never throws for what the file holds. */
export function readPytorch(source: SourceText, parser: PythonParser): ReadResult {
  if (!source.text.includes('torch') && !source.text.includes('lightning')) return { networks: [], notes: [] };
  const start = { source, start: 0, end: 0 };
  if (source.text.length > longestText)
    return {
      networks: [],
      notes: [{ kind: 'notUnderstood', message: 'This file is too long to be read.', span: spanOf(start) }],
    };
  const { syntax, comments } = parser.parse(source);
  // Parsing is bounded by the length of the text; everything after it by the clock.
  const deadline = performance.now() + timeLimit;
  const host: PytorchHost = new PytorchHost(
    () => session,
    () => interpreter,
  );
  const interpreter: Interpreter = new Interpreter(host, builtinNames(), start, deadline);
  const session = openSession(interpreter);
  const scope = interpreter.newModuleScope();
  const refill = (): void => {
    interpreter.budget = new Budget(defaultLimits, deadline);
    interpreter.depth = 0;
  };
  executeModule(interpreter, session, syntax, scope, deadline);
  if (syntax.broken) noteSyntaxError(session, syntax, source);
  refill();
  const directives = comments.map((range) => readDirective(range, source, parser, interpreter, scope));
  const roots = findRoots({ interpreter, session, scope, directives, refill });
  const networks = readRoots(roots, session, source, (root) => {
    refill();
    return buildNetwork(interpreter, session, scope, root, directives);
  });
  return { networks: withMentionedLosses(networks, syntax, source, interpreter, scope), notes: session.notes };
}

/** Statement by statement, so that one that cannot be followed does not hide what stands after it. */
function executeModule(
  interpreter: Interpreter,
  session: Session,
  syntax: ModuleSyntax,
  scope: Scope,
  deadline: number,
): void {
  for (const statement of syntax.body) {
    interpreter.budget = new Budget(statementLimits, deadline);
    interpreter.depth = 0;
    const attempt = interpreter.journal.attempt(() => interpreter.execute([statement], scope));
    const { outcome } = attempt;
    const limit = outcome.kind === 'thrown' ? asLimit(outcome.error) : undefined;
    if (outcome.kind === 'done' || outcome.error instanceof Raised) interpreter.journal.replay(attempt);
    else if (limit) {
      const site = { source: interpreter.site.source, start: statement.start, end: statement.end };
      interpreter.journal.join(
        attempt,
        undefined,
        unknown('…', `is changed by code that is not followed to its end`, site),
      );
      if (limit.limit !== 'time') continue;
      session.note('notUnderstood', `Not read further than this: ${limit.message}.`, site);
      return;
    } else throw outcome.error;
  }
}

function noteSyntaxError(session: Session, syntax: ModuleSyntax, source: SourceText): void {
  const broken = syntax.body.find((statement: Statement) => statement.kind === 'unsupported');
  if (broken)
    session.note('notUnderstood', 'There is a syntax error here: what stands in this part is not judged.', {
      source,
      start: broken.start,
      end: broken.start,
    });
}

function readRoots(
  roots: readonly Root[],
  session: Session,
  source: SourceText,
  read: (root: Root) => Network,
): readonly Network[] {
  const networks: Network[] = [];
  for (const root of roots) {
    if (networks.length >= mostModels) {
      session.note('notUnderstood', `Only the first ${mostModels} models of this file are read.`, root.site);
      break;
    }
    try {
      const network = read(root);
      if (!networks.some((other) => other.name === network.name && contentKey(other) === contentKey(network)))
        networks.push(network);
    } catch (error) {
      const limit = asLimit(error);
      if (!limit) throw error;
      session.note('notUnderstood', `\`${root.name}\` is not read: ${limit.message}.`, { ...root.site, source });
    }
  }
  return networks.sort((a, b) => a.span.start.offset - b.span.start.offset);
}

/** Equal for two makings of one class that differ in nothing. */
function contentKey({ name, nodes, parameters, losses }: Network): string {
  const content = [
    nodes.map(({ op, inputs, shape }) => [op, inputs, shape]),
    parameters.map(({ path, shape, initializer }) => [path, shape, initializer.distribution]),
  ];
  return JSON.stringify([name, content, losses.length > 0 ? losses : undefined]);
}

function withMentionedLosses(
  networks: readonly Network[],
  syntax: ModuleSyntax,
  source: SourceText,
  interpreter: Interpreter,
  scope: Scope,
): readonly Network[] {
  const [only] = networks;
  if (!only || networks.length !== 1 || only.losses.length > 0) return networks;
  // A few names are looked up: that is bounded by the length of the text alone.
  interpreter.budget = new Budget(defaultLimits, Number.POSITIVE_INFINITY);
  return [{ ...only, losses: mentionedLosses(syntax, source, interpreter, scope) }];
}
