import { Edit, Language, Parser, type Point, type Tree } from 'web-tree-sitter';
import type { Range, SourceText } from './source';

/** The WebAssembly files of a parser: paths, or their bytes. */
export interface GrammarFiles {
  /** `web-tree-sitter.wasm` */
  readonly treeSitter: string | Uint8Array;
  /** `tree-sitter-python.wasm`, … */
  readonly grammar: string | Uint8Array;
}

let initialised: Promise<void> | undefined;

/** Parses the texts of one language. It keeps the tree of the last text, and parses one that differs in one place again only there. */
export class GrammarParser {
  #last: { readonly file: string; readonly text: string; readonly tree: Tree } | undefined;

  private constructor(private readonly parser: Parser) {}

  /** @throws Error where a file cannot be read or is not what it should be. */
  static async create({ treeSitter, grammar }: GrammarFiles): Promise<GrammarParser> {
    initialised ??= Parser.init(
      typeof treeSitter === 'string' ? { locateFile: () => treeSitter } : { wasmBinary: treeSitter.slice().buffer },
    );
    await initialised;
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
    return new GrammarParser(parser);
  }

  /** The tree is valid until the next call. */
  parse(source: SourceText): Tree {
    const last = this.#last;
    if (last?.file === source.file) last.tree.edit(editBetween(last.text, source));
    const tree = parsed(this.parser, source.text, last?.file === source.file ? last.tree : null);
    last?.tree.delete();
    this.#last = { file: source.file, text: source.text, tree };
    return tree;
  }

  /** Parse a text that is not to be kept; `use` may look at the tree, which is freed behind it. */
  parseOnce<T>(text: string, use: (tree: Tree) => T): T {
    const tree = parsed(this.parser, text, null);
    try {
      return use(tree);
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
}

function parsed(parser: Parser, text: string, before: Tree | null): Tree {
  const tree = parser.parse(text, before);
  if (!tree) throw new Error('The grammar is not loaded.');
  return tree;
}

/** The word that begins a comment for us. */
export const commentMark = 'gradlens:';

/** The comments that speak to us. */
export function markedComments(tree: Tree, text: string): readonly Range[] {
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
