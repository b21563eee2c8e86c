import { Edit, Language, Parser, type Point, type Tree } from 'web-tree-sitter';
import { toStatement, toStatements } from './parsing/statements';
import { Subtree } from './parsing/tree';
import type { Range, SourceText } from './source';
import type { Argument, ModuleSyntax, Statement } from './syntax';

/** The WebAssembly files of the parser: paths, or their bytes. */
export interface ParserFiles {
  /** `web-tree-sitter.wasm` */
  readonly treeSitter: string | Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly python: string | Uint8Array;
}

export interface ParsedModule {
  readonly syntax: ModuleSyntax;
  /** Whether a comment begins at (or holds) this offset. */
  readonly comments: readonly Range[];
}

let initialised: Promise<void> | undefined;

/**
 * Parses Python. It keeps the tree of the last text, and parses a text that differs from it in one place again only there.
 * A syntax error never fails: what does not parse is marked `broken` or `unsupported`.
 */
export class PythonParser {
  #last: { readonly file: string; readonly text: string; readonly tree: Tree } | undefined;
  /** Statements of the top of the last text, by their place and text: what stands before an edit is not turned anew. */
  #turned: ReadonlyMap<string, readonly Statement[]> = new Map();
  readonly #imported = new ImportedSyntax();

  private constructor(private readonly parser: Parser) {}

  /** @throws Error where a file cannot be read or is not what it should be. */
  static async create(files: ParserFiles): Promise<PythonParser> {
    initialised ??= Parser.init(
      typeof files.treeSitter === 'string'
        ? { locateFile: () => files.treeSitter as string }
        : { wasmBinary: files.treeSitter.slice().buffer },
    );
    await initialised;
    const parser = new Parser();
    parser.setLanguage(await Language.load(files.python));
    return new PythonParser(parser);
  }

  parse(source: SourceText): ParsedModule {
    const tree = this.#parseTree(source);
    this.#last?.tree.delete();
    this.#last = { file: source.file, text: source.text, tree };
    const root = tree.rootNode;
    return {
      syntax: { body: this.#turn(new Subtree(root, source.text, 0)), broken: root.hasError },
      comments: markedComments(tree, source.text),
    };
  }

  /** Parse a file that another one imports. What has not changed since it was last asked for is not parsed again. */
  parseImported(source: SourceText): ModuleSyntax {
    const known = this.#imported.get(source);
    if (known) return known;
    const tree = this.parser.parse(source.text);
    if (!tree) throw new Error('The Python grammar is not loaded.');
    const root = tree.rootNode;
    const syntax = { body: toStatements(new Subtree(root, source.text, 0)), broken: root.hasError };
    tree.delete();
    this.#imported.set(source, syntax);
    return syntax;
  }

  /**
   * Read a part of a text as the arguments of a call; what does not parse gives none.
   * @param start where the text stands in its file
   */
  parseArguments(text: string, start: number): readonly Argument[] {
    const lead = 'f(';
    const code = `${lead}${text})`;
    const tree = this.parser.parse(code);
    if (!tree) return [];
    try {
      const [statement] = toStatements(new Subtree(tree.rootNode, code, 0, start - lead.length));
      if (tree.rootNode.hasError || statement?.kind !== 'expression' || statement.value.kind !== 'call') return [];
      return statement.value.arguments;
    } finally {
      tree.delete();
    }
  }

  /** Frees the WebAssembly memory. */
  dispose(): void {
    this.#last?.tree.delete();
    this.#last = undefined;
    this.parser.delete();
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

  #parseTree(source: SourceText): Tree {
    const last = this.#last;
    if (last?.file === source.file) last.tree.edit(editBetween(last.text, source));
    const tree = this.parser.parse(source.text, last?.file === source.file ? last.tree : null);
    if (!tree) throw new Error('The Python grammar is not loaded.');
    return tree;
  }
}

/** Characters of imported files whose syntax is kept. */
const mostKept = 12_000_000;

/** The syntax of imported files, those that were asked for last, by what they hold. */
class ImportedSyntax {
  readonly #files = new Map<string, { readonly text: string; readonly syntax: ModuleSyntax }>();
  #kept = 0;

  get({ file, text }: SourceText): ModuleSyntax | undefined {
    const found = this.#files.get(file);
    if (found?.text !== text) return undefined;
    this.#files.delete(file);
    this.#files.set(file, found);
    return found.syntax;
  }

  set({ file, text }: SourceText, syntax: ModuleSyntax): void {
    this.#drop(file);
    this.#files.set(file, { text, syntax });
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

/** The word that begins a comment for us. */
export const commentMark = 'gradlens:';

function markedComments(tree: Tree, text: string): readonly Range[] {
  const comments: Range[] = [];
  for (let at = text.indexOf(commentMark); at >= 0; at = text.indexOf(commentMark, at + 1)) {
    const node = tree.rootNode.descendantForIndex(at);
    if (node?.type === 'comment') comments.push({ start: node.startIndex, end: node.endIndex });
  }
  return comments;
}

/** The smallest single replacement that turns the old text into the new one. */
function editBetween(old: string, source: SourceText): Edit {
  const text = source.text;
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old.charCodeAt(start) === text.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < shorter - start && old.charCodeAt(old.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail))
    tail++;
  return new Edit({
    startIndex: start,
    oldEndIndex: old.length - tail,
    newEndIndex: text.length - tail,
    startPosition: pointIn(old, start),
    oldEndPosition: pointIn(old, old.length - tail),
    newEndPosition: pointIn(text, text.length - tail),
  });
}

function pointIn(text: string, offset: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}
