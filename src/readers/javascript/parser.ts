import { toStatements } from './parsing/statements';
import type { GrammarParser } from '../text/grammar';
import { markedComments } from '../text/grammar';
import type { Range, SourceText } from '../text/source';
import { Subtree } from '../text/tree';
import type { ModuleSyntax } from './syntax';

/** JavaScript's grammar knows JSX as well; TypeScript's has a twin that does. */
export type Dialect = 'javascript' | 'typescript' | 'tsx';

const dialects: Readonly<Partial<Record<string, Dialect>>> = {
  javascript: 'javascript',
  javascriptreact: 'javascript',
  typescript: 'typescript',
  typescriptreact: 'tsx',
};

/** The grammar that a file is written in, by its language where that is told, or by its name; undefined where it is none of ours. */
export function dialectOf(file: string, language?: string): Dialect | undefined {
  if (language !== undefined) return dialects[language];
  const ending = /\.([mc]?[jt]sx?)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  if (ending === 'tsx') return 'tsx';
  return ending.includes('t') ? 'typescript' : 'javascript';
}

export interface ParsedModule {
  readonly syntax: ModuleSyntax;
  readonly comments: readonly Range[];
}

/** Parses JavaScript or TypeScript. A syntax error never fails: what does not parse is marked `broken` or `unsupported`. */
export class JavaScriptParser {
  constructor(private readonly grammar: GrammarParser) {}

  parse(source: SourceText): ParsedModule {
    const tree = this.grammar.parse(source);
    const root = tree.rootNode;
    return {
      syntax: { body: toStatements(new Subtree(root, source.text, 0)), broken: root.hasError },
      comments: markedComments(tree, source.text),
    };
  }

  /** Parse a file that another one imports. */
  parseImported(source: SourceText): ModuleSyntax {
    return this.grammar.parseOnce(source.text, ({ rootNode }) => ({
      body: toStatements(new Subtree(rootNode, source.text, 0)),
      broken: rootNode.hasError,
    }));
  }

  dispose(): void {
    this.grammar.dispose();
  }
}
