import { GrammarParser, markedComments, type GrammarFiles } from '../text/grammar';
import { toStatement, toStatements } from './parsing/statements';
import { Subtree } from '../text/tree';
import type { Range, SourceText } from '../text/source';
import { sectionsOf, type Section } from './parsing/sections';
import type { Argument, ModulePart, ModuleSyntax, Statement } from './syntax';

export interface ParsedModule {
  readonly syntax: ModuleSyntax;
  /** Whether a comment begins at (or holds) this offset. */
  readonly comments: readonly Range[];
}

/**
 * Parses Python. It keeps the tree of the last text, and parses a text that differs from it in one place again only there.
 * A syntax error never fails: what does not parse is marked `broken` or `unsupported`.
 */
export class PythonParser {
  /** Statements of the top of the last text, by their place and text: what stands before an edit is not turned anew. */
  #turned: ReadonlyMap<string, readonly Statement[]> = new Map();
  readonly #imported = new PartsOfFiles();

  private constructor(private readonly grammar: GrammarParser) {}

  /** @throws Error where a file cannot be read or is not what it should be. */
  static async create(files: GrammarFiles): Promise<PythonParser> {
    return new PythonParser(await GrammarParser.create(files));
  }

  parse(source: SourceText): ParsedModule {
    const tree = this.grammar.parse(source);
    const root = tree.rootNode;
    return {
      syntax: { body: this.#turn(new Subtree(root, source.text, 0)), broken: root.hasError },
      comments: markedComments(tree, source.text),
    };
  }

  /** The parts of a file of which perhaps little is needed. What has not changed since it was last asked for is not parsed again. */
  parseInParts(source: SourceText): readonly ModulePart[] {
    const known = this.#imported.get(source);
    if (known) return known;
    const parts = sectionsOf(source.text).map((section): ModulePart => {
      let statements: readonly Statement[] | undefined;
      return { name: section.name, statements: () => (statements ??= this.#parseSection(section, source)) };
    });
    this.#imported.set(source, parts);
    return parts;
  }

  #parseSection(section: Section, source: SourceText): readonly Statement[] {
    const text = source.slice(section);
    return this.grammar.parseOnce(text, ({ rootNode }) => toStatements(new Subtree(rootNode, text, 0, section.start)));
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

  #turn(root: Subtree): readonly Statement[] {
    const turned = new Map<string, readonly Statement[]>();
    const body = root.children.flatMap((child) => {
      // An error may reach in from outside: such a statement is known by more than its text.
      if (child.node.hasError) return toStatement(child);
      const key = `${child.range.start} ${child.type} ${child.text}`;
      const statements = this.#turned.get(key) ?? toStatement(child);
      turned.set(key, statements);
      return statements;
    });
    this.#turned = turned;
    return body;
  }
}

/** Characters of imported files whose syntax is kept. */
const mostKept = 12_000_000;

/** The parts of imported files, those that were asked for last, by what they hold. */
class PartsOfFiles {
  readonly #files = new Map<string, { readonly text: string; readonly parts: readonly ModulePart[] }>();
  #kept = 0;

  get({ file, text }: SourceText): readonly ModulePart[] | undefined {
    const found = this.#files.get(file);
    if (found?.text !== text) return undefined;
    this.#files.delete(file);
    this.#files.set(file, found);
    return found.parts;
  }

  set({ file, text }: SourceText, parts: readonly ModulePart[]): void {
    this.#drop(file);
    this.#files.set(file, { text, parts });
    this.#kept += text.length;
    for (const oldest of this.#files.keys()) {
      if (this.#kept <= mostKept || oldest === file) return;
      this.#drop(oldest);
    }
  }

  #drop(file: string): void {
    this.#kept -= this.#files.get(file)?.text.length ?? 0;
    this.#files.delete(file);
  }
}
