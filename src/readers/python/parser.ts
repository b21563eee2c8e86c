import { commentMark, GrammarParser, markedComments, type GrammarFiles } from '../text/grammar';
import { Subtree } from '../text/tree';
import type { Range, SourceText } from '../text/source';
import { movedSyntax } from './parsing/moved';
import { namesOf, type Names } from './parsing/names';
import { sectionsOf, type Section } from './parsing/sections';
import { toStatements } from './parsing/statements';
import type { Argument, ModulePart, Statement } from './syntax';

/** Characters of files whose syntax is kept. */
const mostKept = 12_000_000;

/** A file as it was parsed last. */
interface ParsedFile {
  readonly text: string;
  readonly parts: readonly Part[];
}

/**
 * Parses Python part by part, each when it is asked for. Of the files that it was asked for last it keeps what it knows: what has
 * not changed since is not parsed again. A syntax error never fails: what does not parse is marked `broken` or `unsupported`.
 */
export class PythonParser {
  readonly #files = new Map<string, ParsedFile>();
  #kept = 0;

  private constructor(private readonly grammar: GrammarParser) {}

  /** @throws Error where a file cannot be read or is not what it should be. */
  static async create(files: GrammarFiles): Promise<PythonParser> {
    return new PythonParser(await GrammarParser.create(files));
  }

  /** The parts of a file, one after the other. */
  parse({ file, text }: SourceText): readonly ModulePart[] {
    const before = this.#files.get(file);
    this.#drop(file);
    const parts = before?.text === text ? before.parts : this.#partsOf(text, before?.parts ?? []);
    this.#files.set(file, { text, parts });
    this.#kept += text.length;
    for (const oldest of this.#files.keys()) {
      if (this.#kept <= mostKept || oldest === file) break;
      this.#drop(oldest);
    }
    return parts;
  }

  /**
   * Read a part of a text as the arguments of a call; what does not parse gives none.
   * @param start where the text stands in its file
   */
  parseArguments(text: string, start: number): readonly Argument[] {
    const lead = 'f(';
    const code = `${lead}${text})`;
    return this.grammar.parseOnce(code, ({ rootNode }) => {
      const [statement] = toStatements(new Subtree(rootNode, code, 0, start - lead.length));
      if (rootNode.hasError || statement?.kind !== 'expression' || statement.value.kind !== 'call') return [];
      return statement.value.arguments;
    });
  }

  /** Frees the WebAssembly memory. */
  dispose(): void {
    this.grammar.dispose();
  }

  #partsOf(text: string, before: readonly Part[]): readonly Part[] {
    const known = new Map(before.map((part) => [part.text, part]));
    return sectionsOf(text).map((section) => {
      const own = text.slice(section.start, section.end);
      return new Part(this.grammar, section, own, known.get(own)?.parsed);
    });
  }

  #drop(file: string): void {
    this.#kept -= this.#files.get(file)?.text.length ?? 0;
    this.#files.delete(file);
  }
}

/** What a part of a text is, and where it stood when it was parsed. */
interface ParsedPart {
  readonly statements: readonly Statement[];
  readonly parses: boolean;
  readonly start: number;
  /** Where its last statement ends, in the text of the part. */
  readonly codeEnd: number;
  /** In the text of the part. */
  readonly comments: readonly Range[];
  /** Worked out when it is asked for. */
  names?: Names;
}

/** @see ModulePart */
class Part implements ModulePart {
  constructor(
    private readonly grammar: GrammarParser,
    readonly section: Section,
    readonly text: string,
    /** What is known of it, perhaps from another place in the file. */
    public parsed: ParsedPart | undefined,
  ) {}

  get statements(): readonly Statement[] {
    const parsed = this.#parse();
    const { start } = this.section;
    if (parsed.start === start) return parsed.statements;
    const statements = movedSyntax(parsed.statements, start - parsed.start);
    this.parsed = { ...parsed, statements, start };
    return statements;
  }

  get code(): string {
    const { text, parsed } = this;
    // The end of the last line is of it: code may be added behind that.
    return !parsed || text.includes(commentMark) ? text : text.slice(0, parsed.codeEnd + 1);
  }

  get isParsed(): boolean {
    return this.parsed !== undefined;
  }

  get parses(): boolean {
    return this.#parse().parses;
  }

  get names(): Names {
    const parsed = this.#parse();
    return (parsed.names ??= namesOf(parsed.statements));
  }

  get comments(): readonly Range[] {
    const { start } = this.section;
    if (!this.text.includes(commentMark)) return [];
    return this.#parse().comments.map((range) => ({ start: range.start + start, end: range.end + start }));
  }

  #parse(): ParsedPart {
    const { text } = this;
    const { start } = this.section;
    return (this.parsed ??= this.grammar.parseOnce(text, (tree) => {
      const statements = toStatements(new Subtree(tree.rootNode, text, 0, start));
      const parses = !tree.rootNode.hasError;
      const codeEnd = parses ? (statements.at(-1)?.end ?? start) - start : text.length;
      return { statements, parses, codeEnd, comments: markedComments(tree, text), start };
    }));
  }
}
