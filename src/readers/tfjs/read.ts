import { Deadline } from '../evaluation/deadline';
import type { Network, Note } from '../../network';
import { asLimit, defaultLimits, type Limits } from '../evaluation/limits';
import { patienceOf } from '../evaluation/patience';
import { unknown } from '../evaluation/unknown';
import { Interpreter } from '../javascript/interpreter';
import { longestText, Modules } from '../javascript/modules';
import { dialectOf, type Dialect, type JavaScriptParser } from '../javascript/parser';
import type { Statement } from '../javascript/syntax';
import { Thrown } from '../javascript/thrown';
import { undefinedValue, type ClassValue, type FunctionValue, type Value } from '../javascript/values';
import { networkOf } from '../kerasLayers/network';
import type { FileProvider } from '../text/files';
import { spanOf, type Site, type SourceText } from '../text/source';
import { TfjsHost } from './host';
import { mentionsTfjs } from './mention';
import { openSession, type MadeModel, type Session } from './session';

/** Models of one file. */
const mostModels = 16;
/** Functions of one file that are called by us. */
const mostFunctions = 500;

export interface ReadResult {
  readonly networks: readonly Network[];
  /** What was not understood outside of any network. */
  readonly notes: readonly Note[];
}

/** How a file is read. */
export interface ReadOptions {
  readonly files?: FileProvider | undefined;
  readonly timeLimit?: number | undefined;
}

/** The parsers that have been loaded. */
interface Parsers {
  parserFor(dialect: Dialect): JavaScriptParser | undefined;
}

/** Read the tfjs models of one file. Nothing is run; it never throws for what the file holds. */
export function readTfjs(
  source: SourceText,
  dialect: Dialect,
  parsers: Parsers,
  options: ReadOptions = {},
): ReadResult {
  if (!mentionsTfjs(source.text)) return { networks: [], notes: [] };
  const start = { source, start: 0, end: 0 };
  const parser = parsers.parserFor(dialect);
  if (!parser) return { networks: [], notes: [note('This file is not read: its grammar has not been loaded.', start)] };
  if (source.text.length > longestText)
    return { networks: [], notes: [note('This file is too long to be read.', start)] };
  const { syntax } = parser.parse(source);
  const { steps, milliseconds } = patienceOf(options.timeLimit);
  const limits: Limits = { ...defaultLimits, steps };
  const host: TfjsHost = new TfjsHost(() => interpreter);
  const modules = new Modules((imported) => {
    const other = dialectOf(imported.file);
    return other && parsers.parserFor(other)?.parseImported(imported);
  }, options.files);
  const interpreter: Interpreter = new Interpreter(host, modules, limits, new Deadline(milliseconds), start);
  const session = openSession(interpreter);
  const scope = modules.newScope(interpreter, source);
  attempt(interpreter, session, start, () => interpreter.execute(syntax.body, scope));
  if (syntax.broken) noteSyntaxError(session, syntax.body, source);
  callTheRest(interpreter, session, source);
  return { networks: networks(session, source), notes: session.notes };
}

const note = (message: string, site: Site): Note => ({ kind: 'notUnderstood', message, span: spanOf(site) });

/** Go on where the code throws or takes too long; the latter is said. */
function attempt(interpreter: Interpreter, session: Session, site: Site, run: () => void): void {
  interpreter.refill();
  try {
    run();
  } catch (error) {
    if (error instanceof Thrown) return;
    const limit = asLimit(error);
    if (!limit) throw error;
    session.note('notUnderstood', `Not read further than this: ${limit.message}.`, site);
  }
  interpreter.refill();
}

function noteSyntaxError(session: Session, body: readonly Statement[], source: SourceText): void {
  const broken = body.find(({ kind }) => kind === 'unsupported');
  if (broken)
    session.note('notUnderstood', 'There is a syntax error here: what stands in this part is not judged.', {
      source,
      start: broken.start,
      end: broken.start,
    });
}

/** Words without which no code makes a model. */
const making = /\bsequential\b|\bmodel\s*\(|\blayers\b/;

/**
 * Functions that make models and that nobody calls are called with what they say themselves; the rest of what they take is
 * unknown. Those come first that no code in the file calls: they may call the others with more.
 */
function callTheRest(interpreter: Interpreter, session: Session, source: SourceText): void {
  const makes = makersIn(interpreter, source);
  const isCalled = (name: string): boolean =>
    name !== '' && new RegExp(`(?<!function\\s+)\\b${escaped(name)}\\s*\\(`).test(source.text);
  for (const calledToo of [false, true]) {
    // Calling one may make others.
    for (let at = 0; at < interpreter.functions.length && at < mostFunctions; at++) {
      const made = interpreter.functions[at];
      if (made && makes(made.site) && !interpreter.called.has(made.syntax) && (calledToo || !isCalled(made.name)))
        callAlone(interpreter, session, made, undefinedValue);
    }
    for (const cls of [...interpreter.classes])
      if (makes(cls.site) && (calledToo || !isCalled(cls.name))) constructAlone(interpreter, session, cls, makes);
  }
}

/** Whether code makes a model, itself or by calling what does. */
function makersIn({ functions, classes }: Interpreter, source: SourceText): (site: Site | undefined) => boolean {
  const direct = (site: Site | undefined): boolean => site?.source === source && making.test(source.slice(site));
  const names = [...functions, ...classes].filter(({ site }) => direct(site)).map(({ name }) => name);
  const known = [...new Set(names)].filter((name) => name !== '').slice(0, mostFunctions);
  const calling = known.length > 0 ? new RegExp(`\\b(${known.map(escaped).join('|')})\\s*\\(`) : undefined;
  return (site) => direct(site) || (site?.source === source && calling?.test(source.slice(site)) === true);
}

const escaped = (name: string): string => name.replace(/[$]/g, '\\$&');

/** Make an instance of a class that nobody makes one of, and call those of its methods that nobody calls. */
function constructAlone(
  interpreter: Interpreter,
  session: Session,
  cls: ClassValue,
  makes: (site: Site) => boolean,
): void {
  const { construct, site } = cls;
  const constructor = typeof construct === 'function' ? undefined : construct;
  if (!site || session.instances.has(cls)) return;
  let instance: Value = undefinedValue;
  alone(interpreter, session, cls.name, site, () => {
    instance = interpreter.construct(cls, constructor ? argumentsFor(constructor) : []);
  });
  for (const member of cls.members.values())
    if (member.type === 'function' && !interpreter.called.has(member.syntax) && makes(member.site))
      callAlone(interpreter, session, member, instance);
}

/** Run something as the first thing that its program does. */
function alone(interpreter: Interpreter, session: Session, within: string, site: Site, run: () => void): void {
  const names = session.names.capture();
  session.names.restore(new Map());
  session.within = within;
  attempt(interpreter, session, site, () => {
    interpreter.site = site;
    run();
  });
  session.names.restore(names);
  session.within = undefined;
}

function callAlone(interpreter: Interpreter, session: Session, callee: FunctionValue, receiver: Value): void {
  alone(interpreter, session, callee.name, callee.site, () => {
    const result = interpreter.call(callee, receiver, argumentsFor(callee));
    if (result.type === 'object' && callee.name !== '') interpreter.host.bound?.(callee.name, result, callee.nameSite);
  });
}

/** What a function is called with of which nothing is known: nothing, where it has a value of its own. */
function argumentsFor({ syntax, site }: FunctionValue): readonly Value[] {
  return syntax.parameters.map(({ target, fallback, rest }): Value => {
    if (fallback || rest) return undefinedValue;
    const name = target.kind === 'name' ? target.name : 'an argument';
    return unknown(name, 'is an argument that nobody gives in what is read', { ...site, ...target });
  });
}

function networks(session: Session, source: SourceText): readonly Network[] {
  const nested = new Set(session.made.flatMap(({ model }) => model.layers));
  const isPart = ({ model, compiled }: MadeModel): boolean => !compiled && (model.applied || nested.has(model));
  const candidates = session.made.filter((made) => made.site.source === source && !isPart(made));
  const read: { readonly network: Network; readonly made: MadeModel }[] = [];
  const seen = new Set<string>();
  for (const made of candidates) {
    const network = readModel(made, session);
    if (!network) continue;
    const key = contentKey(network);
    if (seen.has(key)) continue;
    seen.add(key);
    if (read.length >= mostModels) {
      session.note('notUnderstood', `Only the first ${mostModels} models of this file are read.`, made.site);
      break;
    }
    read.push({ network, made });
  }
  return distinctlyNamed(read).sort((a, b) => a.span.start.offset - b.span.start.offset);
}

/** A model that holds itself is too deep for any stack. */
function readModel(made: MadeModel, session: Session): Network | undefined {
  try {
    return networkFor(made, session);
  } catch (error) {
    const limit = asLimit(error);
    if (!limit) throw error;
    session.note('notUnderstood', `\`${made.model.name}\` is not read: ${limit.message}.`, made.site);
    return undefined;
  }
}

function networkFor(made: MadeModel, session: Session): Network | undefined {
  const { model, site, binding, losses } = made;
  const place = binding ? binding.site : { ...site, end: Math.min(site.end, site.start + 1) };
  return networkOf(
    model,
    {
      name: binding && binding.name !== '' ? binding.name : model.name,
      framework: 'tfjs',
      span: spanOf(place),
      losses: losses.map((loss) => ({ kind: loss.kind, span: spanOf(loss.site) })),
    },
    session.surroundings,
  );
}

/** Equal for two makings of one model that differ in nothing but the numbers in their layers' names. */
function contentKey({ span, nodes, parameters }: Network): string {
  const shapes = nodes.map(({ op: { kind }, inputs, shape }) => [kind, inputs, shape]);
  const drawn = parameters.map(({ shape, initializer: { distribution } }) => [shape, distribution]);
  return JSON.stringify([span.file, span.start.offset, shapes, drawn]);
}

/** Names are what faces know models by: those that are given twice are told apart by their function, or by their line. */
function distinctlyNamed(read: readonly { readonly network: Network; readonly made: MadeModel }[]): Network[] {
  const taken = new Set<string>();
  const twice = (name: string): boolean => read.filter(({ network }) => network.name === name).length > 1;
  return read.map(({ network, made }) => {
    const candidates = [
      ...(twice(network.name) ? [] : [network.name]),
      ...(made.within ? [`${made.within}.${network.name}`] : []),
      `${network.name} (line ${network.span.start.line + 1})`,
    ];
    const name = candidates.find((candidate) => !taken.has(candidate)) ?? `${network.name} ${taken.size + 1}`;
    taken.add(name);
    return { ...network, name };
  });
}
