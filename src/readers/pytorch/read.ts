import type { Network, Note, Shape } from '../../network';
import type { FileProvider } from '../text/files';
import { Interpreter } from '../python/interpreter';
import { builtinNames } from '../python/library/builtins';
import { asLimit, Budget, defaultLimits, type Limits } from '../evaluation/limits';
import { executeModule } from '../python/moduleBody';
import { longestText } from '../python/modules';
import type { PythonParser } from '../python/parser';
import type { ModuleScope, Scope } from '../python/scope';
import { SourceText, spanOf, type Site } from '../text/source';
import type { ModuleSyntax, Statement } from '../python/syntax';
import { reasonOf, text } from '../python/values';
import { buildNetwork } from './buildNetwork';
import { readDirective, type Directive } from './comment';
import { PytorchHost } from './host';
import { mentionedLosses } from './lossUses';
import { isModule } from './module';
import { attempt, findRoots, type Attempting, type Root } from './roots';
import { openSession, type Session } from './session';

/** Time for evaluating one file, in milliseconds, where the caller says nothing. Far more than most files need. */
const usualTime = 200;
/** Steps for every model in that time; a caller with more patience gets more. */
const stepsInTime = 1_000;
/** Models of one file. */
const mostModels = 16;

/** What a file holds. */
export interface ReadResult {
  readonly networks: readonly Network[];
  /** What was not understood outside of any network. */
  readonly notes: readonly Note[];
}

/** How a file is read. */
export interface ReadOptions {
  /** Where the files are that it imports; without it, what it imports from files is not known. */
  readonly files?: FileProvider | undefined;
  /** Milliseconds after which reading stops where it is. */
  readonly timeLimit?: number | undefined;
}

/** One model that is to be read, and nothing else of the file. */
export interface ModelRequest {
  /** A Python expression, evaluated where the file's names are known: `resnet18(num_classes=10)`. */
  readonly model: string;
  /** Shapes of the inputs of `forward`, with their batch axis; what is not told is worked out as far as it can be. */
  readonly inputs?: readonly Shape[] | undefined;
}

/** Read the PyTorch models of one file. Nothing is run; it never throws for what the file holds. */
export function readPytorch(source: SourceText, parser: PythonParser, options: ReadOptions = {}): ReadResult {
  if (!source.text.includes('torch') && !source.text.includes('lightning')) return { networks: [], notes: [] };
  const start = { source, start: 0, end: 0 };
  if (source.text.length > longestText)
    return {
      networks: [],
      notes: [{ kind: 'notUnderstood', message: 'This file is too long to be read.', span: spanOf(start) }],
    };
  const { syntax, comments } = parser.parse(source);
  const reading = openReading(source, parser, options);
  const { interpreter, session, scope, refill } = reading;
  executeBody(reading, syntax);
  if (syntax.broken) noteSyntaxError(session, syntax, source);
  const directives = comments.map((range) => readDirective(range, source, parser, interpreter, scope));
  const roots = findRoots({ interpreter, session, scope, directives, refill });
  const networks = readRoots(roots, session, (root) => {
    refill();
    return buildNetwork(interpreter, session, scope, root, directives);
  });
  return { networks: withMentionedLosses(networks, syntax, source, interpreter, scope), notes: session.notes };
}

/** Read one model that is made by an expression. Where the expression gives no model, a note says why. */
export function readPytorchModel(
  source: SourceText,
  parser: PythonParser,
  { model, inputs }: ModelRequest,
  options: ReadOptions = {},
): ReadResult {
  const reading = openReading(source, parser, options);
  const { interpreter, session, scope, refill } = reading;
  scope.variables.set('__name__', text(interpreter.modules.nameOf(source)), interpreter.journal);
  executeBody(reading, parser.parseImported(source));
  const [argument] = parser.parseArguments(model, 0);
  const site: Site = { source: new SourceText('<model>', model), start: 0, end: model.length };
  const made = argument && attempt(reading, () => interpreter.evaluate(argument.value, scope), site);
  if (!isModule(made)) {
    const reason = made?.type === 'unknown' ? `: ${reasonOf(made)}` : '';
    session.note('notUnderstood', `\`${model}\` does not make a model that is understood${reason}.`, site);
    return { networks: [], notes: session.notes };
  }
  const root: Root = { instance: made, name: made.cls.name, site: made.cls.site ?? made.site };
  const told: Directive = { start: 0, end: 0, model: undefined, inputs };
  const networks = readRoots([root], session, () => {
    refill();
    return buildNetwork(interpreter, session, scope, root, [told]);
  });
  return { networks, notes: session.notes };
}

interface Reading extends Attempting {
  readonly scope: ModuleScope;
  readonly limits: Limits;
}

function openReading(source: SourceText, parser: PythonParser, { files, timeLimit = usualTime }: ReadOptions): Reading {
  const limits: Limits = { ...defaultLimits, steps: timeLimit * stepsInTime };
  // Parsing is bounded by the length of the text; everything after it by the clock.
  const deadline = performance.now() + timeLimit;
  const host: PytorchHost = new PytorchHost(
    () => session,
    () => interpreter,
  );
  const interpreter: Interpreter = new Interpreter(host, builtinNames(), { source, start: 0, end: 0 }, deadline, {
    limits,
    parse: (imported) => parser.parseImported(imported),
    files,
  });
  const session = openSession(interpreter);
  const refill = (): void => {
    interpreter.budget = new Budget(limits, deadline);
    interpreter.depth = 0;
  };
  return { interpreter, session, scope: interpreter.modules.newScope(source), limits, refill };
}

/** Execute the file itself. */
function executeBody({ interpreter, session, scope, limits, refill }: Reading, syntax: ModuleSyntax): void {
  try {
    executeModule(interpreter, syntax.body, scope, { ...limits, steps: limits.steps / 2 });
  } catch (error) {
    const limit = asLimit(error);
    if (!limit) throw error;
    session.note('notUnderstood', `Not read further than this: ${limit.message}.`, interpreter.site);
  }
  refill();
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

function readRoots(roots: readonly Root[], session: Session, read: (root: Root) => Network): readonly Network[] {
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
      session.note('notUnderstood', `\`${root.name}\` is not read: ${limit.message}.`, root.site);
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
