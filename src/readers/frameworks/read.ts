import type { Network, Note, Shape } from '../../network';
import type { FileProvider } from '../text/files';
import { Interpreter } from '../python/interpreter';
import { builtinNames } from '../python/library/builtins';
import { Deadline, noDeadline } from '../evaluation/deadline';
import { asLimit, Budget, defaultLimits, type Limits } from '../evaluation/limits';
import { patienceOf } from '../evaluation/patience';
import { longestText } from '../python/modules';
import type { PythonParser } from '../python/parser';
import type { ModuleScope } from '../python/scope';
import { SourceText, spanOf, type Range, type Site } from '../text/source';
import type { ModulePart } from '../python/syntax';
import { reasonOf, text } from '../python/values';
import { readDirective, type Directive } from './directive';
import type { Framework, FrameworkReading } from './framework';
import { FrameworksHost } from './host';
import { attempt, findRoots, type Attempting, type FoundRoot } from './roots';

/** Models of one file. */
export const mostModels = 16;

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

/** What a file holds, and how much of it was looked at. */
export interface ModelReading extends ReadResult {
  /** Nothing was left out for lack of time. */
  readonly complete: boolean;
  /** Where the file makes models, be they parts of others. */
  readonly made: readonly Range[];
}

/** One model that is to be read, and nothing else of the file. */
export interface ModelRequest {
  /** A Python expression, evaluated where the file's names are known: `resnet18(num_classes=10)`. */
  readonly model: string;
  /** Shapes of the inputs of `forward`, with their batch axis; what is not told is worked out as far as it can be. */
  readonly inputs?: readonly Shape[] | undefined;
}

/**
 * Read the models of one file. Nothing is run; it never throws for what the file holds.
 * @param options with `parts`, only these of the file are read
 */
export function readModels(
  frameworks: readonly Framework[],
  source: SourceText,
  parser: PythonParser,
  options: ReadOptions & { readonly parts?: readonly ModulePart[] },
): ModelReading {
  const nothing = { networks: [], notes: [], complete: true, made: [] };
  const start = { source, start: 0, end: 0 };
  if (source.text.length > longestText)
    return {
      ...nothing,
      notes: [{ kind: 'notUnderstood', message: 'This file is too long to be read.', span: spanOf(start) }],
    };
  const evaluation = openEvaluation(frameworks, source, parser, options);
  const { interpreter, readings, scope, notes } = evaluation;
  executeBody(evaluation, (most) => interpreter.modules.execute(scope, most, 'program'));
  const parts = options.parts ?? parser.parse(source);
  notes.push(...syntaxErrors(parts, source));
  const directives = parser
    .parse(source)
    .flatMap(({ comments }) => comments)
    .map((range) => readDirective(range, source, parser, interpreter, scope));
  const roots = findRoots({ ...evaluation, directives });
  const networks = readRoots(roots, evaluation, directives);
  return {
    networks: options.parts ? networks : withMentionedLosses(networks, parts, evaluation),
    notes: [...notes, ...readings.flatMap(({ session }) => session.notes)],
    complete: !interpreter.deadline.passed && networks.length < mostModels,
    made: readings
      .flatMap((reading) => reading.session.made.filter((model) => reading.isWorthReading(model)))
      .flatMap(({ site }) => (site.source === source ? [site] : [])),
  };
}

/** Read one model that is made by an expression. Where the expression gives no model, a note says why. */
export function readModel(
  frameworks: readonly Framework[],
  source: SourceText,
  parser: PythonParser,
  { model, inputs }: ModelRequest,
  options: ReadOptions = {},
): ReadResult {
  const evaluation = openEvaluation(frameworks, source, parser, options);
  const { interpreter, readings, scope, notes } = evaluation;
  scope.variables.set('__name__', text(interpreter.modules.nameOf(source)), interpreter.journal);
  // Of the file itself, too, only what the model needs.
  executeBody(evaluation, (most) => interpreter.modules.execute(scope, most, 'library'));
  const [argument] = parser.parseArguments(model, 0);
  const site: Site = { source: new SourceText('<model>', model), start: 0, end: model.length };
  const made = argument && attempt(evaluation, () => interpreter.evaluate(argument.value, scope), site);
  const reading = readings.find((one) => one.isModel(made));
  let networks: readonly Network[] = [];
  if (reading?.isModel(made)) {
    const root = { reading, openArguments: [], instance: made, name: made.cls.name, site: made.cls.site ?? made.site };
    networks = readRoots([root], evaluation, [{ start: 0, end: 0, model: undefined, inputs }]);
  } else {
    const reason = made?.type === 'unknown' ? `: ${reasonOf(made)}` : '';
    evaluation.note('notUnderstood', `\`${model}\` does not make a model that is understood${reason}.`, site);
  }
  return { networks, notes: [...notes, ...readings.flatMap(({ session }) => session.notes)] };
}

/** One file while it is evaluated. */
interface Evaluation extends Attempting {
  readonly source: SourceText;
  readonly scope: ModuleScope;
  readonly limits: Limits;
  readonly notes: Note[];
}

function openEvaluation(
  frameworks: readonly Framework[],
  source: SourceText,
  parser: PythonParser,
  { files, timeLimit, parts }: ReadOptions & { readonly parts?: readonly ModulePart[] },
): Evaluation {
  const { steps, milliseconds } = patienceOf(timeLimit);
  const limits: Limits = { ...defaultLimits, steps };
  // Parsing is bounded by the length of the text; everything after it by the clock.
  const deadline = new Deadline(milliseconds);
  const host: FrameworksHost = new FrameworksHost(frameworks, () => readings);
  const interpreter: Interpreter = new Interpreter(host, builtinNames(), { source, start: 0, end: 0 }, deadline, {
    limits,
    parse: (one) => (one === source && parts ? parts : parser.parse(one)),
    files,
  });
  const readings: readonly FrameworkReading[] = frameworks.map((framework) => framework.open(interpreter));
  const refill = (): void => {
    interpreter.budget = new Budget(limits, deadline);
    interpreter.depth = 0;
  };
  const notes: Note[] = [];
  return {
    source,
    interpreter,
    readings,
    scope: interpreter.modules.newScope(source),
    limits,
    refill,
    notes,
    note: (kind, message, site) => notes.push({ kind, message, span: spanOf(site) }),
  };
}

/** Execute the file itself. */
function executeBody({ interpreter, limits, refill, note }: Evaluation, execute: (limits: Limits) => void): void {
  try {
    execute({ ...limits, steps: limits.steps / 2 });
  } catch (error) {
    const limit = asLimit(error);
    if (!limit) throw error;
    note('notUnderstood', `Not read further than this: ${limit.message}.`, interpreter.site);
  }
  refill();
}

/** In a longer text, syntax errors are sought only in what is read of it. */
const longestChecked = 100_000;

function syntaxErrors(parts: readonly ModulePart[], source: SourceText): readonly Note[] {
  if (source.text.length > longestChecked) return [];
  return parts.flatMap(({ parses, statements }): readonly Note[] => {
    const broken = parses ? undefined : statements.find(({ kind }) => kind === 'unsupported');
    if (!broken) return [];
    const message = 'There is a syntax error here: what stands in this part is not judged.';
    return [{ kind: 'notUnderstood', message, span: source.span({ start: broken.start, end: broken.start }) }];
  });
}

function readRoots(
  roots: readonly FoundRoot[],
  { scope, refill, note }: Evaluation,
  directives: readonly Directive[],
): readonly Network[] {
  const networks: Network[] = [];
  for (const root of roots) {
    if (networks.length >= mostModels) {
      note('notUnderstood', `Only the first ${mostModels} models of this file are read.`, root.site);
      break;
    }
    refill();
    try {
      const read = root.reading.build(root, scope, directives);
      const { openArguments } = root;
      const network = openArguments.length > 0 ? { ...read, openArguments } : read;
      if (!networks.some((other) => other.name === network.name && contentKey(other) === contentKey(network)))
        networks.push(network);
    } catch (error) {
      const limit = asLimit(error);
      if (!limit) throw error;
      note('notUnderstood', `\`${root.name}\` is not read: ${limit.message}.`, root.site);
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
  parts: readonly ModulePart[],
  { source, interpreter, readings, scope }: Evaluation,
): readonly Network[] {
  const [only] = networks;
  if (!only || networks.length !== 1 || only.losses.length > 0) return networks;
  // A few names are looked up: that is bounded by the length of the text alone.
  interpreter.budget = new Budget(defaultLimits, noDeadline);
  return [{ ...only, losses: readings.flatMap((reading) => reading.mentionedLosses?.(parts, source, scope) ?? []) }];
}
