import { withSpans, type Position, type SourceSpan } from '../../network';
import { longestText } from '../python/modules';
import type { PythonParser } from '../python/parser';
import type { ModulePart } from '../python/syntax';
import { RecordedFiles, type FileRecord } from '../text/recordedFiles';
import { commentMark } from '../text/grammar';
import type { Range, SourceText } from '../text/source';
import type { Framework } from './framework';
import { islandsOf, type Islands } from './islands';
import { mostModels, readModels, type ReadOptions, type ReadResult } from './read';

/** Files whose last reading is kept. */
const mostFiles = 16;

/** What was read of a file, and all that it depends on. */
interface Reading extends ReadResult {
  readonly source: SourceText;
  readonly parts: readonly ModulePart[];
  /** Of its parts, where they have been worked out. */
  readonly islands?: Islands;
  readonly timeLimit: number | undefined;
  readonly files: FileRecord;
  /** Where models were made; undefined where that is not known of all. */
  readonly made: readonly Range[] | undefined;
}

/**
 * Reads files again and again while they are edited. What has nothing to do with what has changed is not read again: its networks are
 * the same, further down or up in the file.
 */
export class Rereading {
  /** The file that was read last comes last. */
  readonly #readings = new Map<string, Reading>();
  /** Words of the libraries whose models depend on what was made before them. */
  readonly #ordered: readonly string[];
  /** A text that holds none of these uses none of the libraries. */
  readonly #words: readonly string[];

  constructor(
    private readonly frameworks: readonly Framework[],
    private readonly parser: PythonParser,
  ) {
    this.#words = frameworks.flatMap(({ words }) => words);
    this.#ordered = frameworks.flatMap(({ words, ordered }) => (ordered === true ? words : []));
  }

  read(source: SourceText, options: ReadOptions): ReadResult {
    if (!this.#words.some((word) => source.text.includes(word))) return { networks: [], notes: [] };
    const last = this.#readings.get(source.file);
    this.#readings.delete(source.file);
    const parts = source.text.length > longestText ? [] : this.parser.parse(source);
    const { networks, notes, ...reading } =
      (last && this.#readAgain(last, source, parts, options)) ?? this.#readWhole(source, parts, options);
    this.#readings.set(source.file, { networks, notes, ...reading });
    const [oldest] = this.#readings.keys();
    if (this.#readings.size > mostFiles && oldest !== undefined) this.#readings.delete(oldest);
    return { networks, notes };
  }

  #readWhole(source: SourceText, parts: readonly ModulePart[], options: ReadOptions): Reading {
    const files = new RecordedFiles(options.files);
    const { complete, made, ...result } = readModels(this.frameworks, source, this.parser, { ...options, files });
    return {
      ...result,
      source,
      parts,
      timeLimit: options.timeLimit,
      files: files.record,
      made: complete && isSeparable(source, result) ? made : undefined,
    };
  }

  /** Read what has changed; undefined where that is all, or where the rest may depend on it. */
  #readAgain(
    last: Reading,
    source: SourceText,
    parts: readonly ModulePart[],
    options: ReadOptions,
  ): Reading | undefined {
    const { made, timeLimit } = last;
    if (!made || timeLimit !== options.timeLimit || !last.files.isAsBefore(options.files)) return undefined;
    const before = last.islands ?? islandsOf(last.parts, this.#ordered);
    const now = islandsOf(parts, this.#ordered);
    // What common code makes may be a part of any model.
    if (codeOf(before.common) !== codeOf(now.common) || made.some(({ start }) => holds(before.common, start)))
      return undefined;
    const known = new Map(before.islands.map((island) => [codeOf(island), island]));
    const hasMoved = !stands(before.common, now.common);
    const saysWhere = (of: readonly ModulePart[]): boolean =>
      [...last.networks, ...last.notes].some((one) => isOf(of, one.span) && namesLine(one));
    if (hasMoved && saysWhere(before.common)) return undefined;
    const same = now.islands.filter((island) => {
      const old = known.get(codeOf(island));
      return old && ((!hasMoved && stands(old, island)) || !saysWhere(old));
    });
    if (same.length === 0) return undefined;
    // The sizes that a comment tells may be those of any model.
    if (commentsOf(last.source.text).join('\n') !== commentsOf(source.text).join('\n')) return undefined;
    const changed = new Set(now.islands.filter((island) => !same.includes(island)).flat());

    const moves = new Moves(source);
    moves.add(before.common, now.common);
    for (const island of same) moves.add(known.get(codeOf(island)) ?? [], island);
    const files = new RecordedFiles(options.files, last.files);
    const common = new Set(now.common);
    const fresh = readModels(this.frameworks, source, this.parser, {
      ...options,
      files,
      parts: parts.filter((part) => common.has(part) || changed.has(part)),
    });
    const isFresh = ({ span }: { readonly span: SourceSpan }): boolean => isOf([...changed], span);
    const networks = [
      ...last.networks.flatMap((network) => moves.moved(network) ?? []),
      ...fresh.networks.filter(isFresh),
    ];
    if (!fresh.complete || !isSeparable(source, fresh) || networks.length < 2 || networks.length > mostModels)
      return undefined;
    return {
      networks: networks.sort((a, b) => a.span.start.offset - b.span.start.offset),
      notes: [...last.notes.flatMap((note) => moves.moved(note) ?? []), ...fresh.notes.filter(isFresh)],
      source,
      parts,
      islands: now,
      timeLimit,
      files: files.record,
      made: [...made.flatMap((place) => moves.place(place) ?? []), ...fresh.made],
    };
  }
}

/**
 * Whether models that use no names of each other can be read apart. A comment that makes a model may make any, code of other files may be of
 * any.
 */
function isSeparable({ file, text }: SourceText, { networks, notes }: ReadResult): boolean {
  return (
    [...networks, ...notes].every(({ span }) => span.file === file) &&
    commentsOf(text).every((comment) => plainComment.test(comment))
  );
}

const commentsOf = (text: string): readonly string[] => text.match(commentLine) ?? [];

const commentLine = new RegExp(`${commentMark}.*`, 'g');

/** A comment that tells sizes in numbers, of whatever model, or that says nothing about models. */
const plainComment = new RegExp(`^${commentMark}\\s*(ignore\\b.*|input\\s*=[\\d\\s,()[\\]]*)$`);

const codeOf = (parts: readonly ModulePart[]): string => parts.map(({ code }) => code).join('\0');

const holds = (parts: readonly ModulePart[], offset: number): boolean =>
  parts.some(({ section }) => section.start <= offset && offset < section.end);

const isOf = (parts: readonly ModulePart[], { start }: SourceSpan): boolean => holds(parts, start.offset);

/** Whether parts are where they were. */
const stands = (before: readonly ModulePart[], now: readonly ModulePart[]): boolean =>
  before.every(({ section }, index) => section.start === now[index]?.section.start);

const naming = new WeakMap<object, boolean>();

/** Whether a text in plain data tells the number of a line. */
function namesLine(told: object): boolean {
  const known = naming.get(told);
  if (known !== undefined) return known;
  const names = holdsLine(told);
  naming.set(told, names);
  return names;
}

function holdsLine(value: unknown): boolean {
  if (typeof value === 'string') return /\bline \d/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (holdsLine((value as Record<string, unknown>)[name])) return true;
  return false;
}

/** Where places of a text are in the next one, in which some of its parts stand elsewhere. */
class Moves {
  readonly #moved: { readonly from: Range; readonly distance: number }[] = [];

  constructor(private readonly source: SourceText) {}

  add(before: readonly ModulePart[], now: readonly ModulePart[]): void {
    for (const [index, { section }] of before.entries())
      this.#moved.push({ from: section, distance: (now[index]?.section.start ?? 0) - section.start });
  }

  /** Undefined for a place in another part. */
  place({ start, end }: Range): Range | undefined {
    const distance = this.#distance(start);
    return distance === undefined ? undefined : { start: start + distance, end: end + distance };
  }

  /** Plain data of one part; undefined where that part is not the same. */
  moved<T extends { readonly span: SourceSpan }>(value: T): T | undefined {
    const distance = this.#distance(value.span.start.offset);
    if (distance === undefined) return undefined;
    // What stands where it stood is not made anew.
    const moved = withSpans(value, (span) => {
      const distance = this.#distance(span.start.offset, span.start.offset === span.end.offset) ?? 0;
      if (span.file !== this.source.file || distance === 0) return span;
      const at = ({ offset }: Position): Position => this.source.position(offset + distance);
      return { ...span, start: at(span.start), end: at(span.end) };
    });
    naming.set(moved, namesLine(value));
    return moved;
  }

  /** @param behind - The end of a part is still of it, where nothing else begins. */
  #distance(offset: number, behind = false): number | undefined {
    const found =
      (behind ? this.#moved.find(({ from }) => from.start < offset && offset <= from.end) : undefined) ??
      this.#moved.find(({ from }) => from.start <= offset && offset < from.end);
    return found?.distance;
  }
}
