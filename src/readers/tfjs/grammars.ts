import { JavaScriptParser, type Dialect } from '../javascript/parser';
import { GrammarParser } from '../text/grammar';
import { mentionsTfjs } from './mention';

/** Where the grammar of a dialect lies: the path of its WebAssembly, or its bytes. */
export type GrammarFile = (dialect: Dialect) => string | Uint8Array | Promise<string | Uint8Array>;

/** Code that imports other files: they may be written in another dialect. */
const importing = /\b(from|require\s*\()\s*['"]\./;

/** The parsers of JavaScript and TypeScript, each loaded when a file first needs it. */
export class Grammars {
  readonly #loading = new Map<Dialect, Promise<void>>();
  readonly #parsers = new Map<Dialect, JavaScriptParser>();

  constructor(
    private readonly treeSitter: string | Uint8Array,
    private readonly grammar: GrammarFile | undefined,
  ) {}

  /**
   * Load what a text needs to be read. A file that does not mention tfjs needs nothing.
   * @throws Error where a grammar cannot be read.
   */
  async prepare(dialect: Dialect | undefined, text: string): Promise<void> {
    const { grammar } = this;
    if (!dialect || !grammar || !mentionsTfjs(text)) return;
    const needed: readonly Dialect[] = importing.test(text) ? [dialect, 'javascript', 'typescript'] : [dialect];
    await Promise.all(needed.map((one) => this.#load(one, grammar)));
  }

  /** Undefined where it has not been loaded. */
  parserFor(dialect: Dialect): JavaScriptParser | undefined {
    return this.#parsers.get(dialect);
  }

  dispose(): void {
    for (const parser of this.#parsers.values()) parser.dispose();
    this.#parsers.clear();
  }

  #load(dialect: Dialect, file: GrammarFile): Promise<void> {
    const loading =
      this.#loading.get(dialect) ??
      this.#create(dialect, file).catch((error: unknown) => {
        this.#loading.delete(dialect);
        throw error;
      });
    this.#loading.set(dialect, loading);
    return loading;
  }

  async #create(dialect: Dialect, file: GrammarFile): Promise<void> {
    const grammar = await GrammarParser.create({ treeSitter: this.treeSitter, grammar: await file(dialect) });
    this.#parsers.set(dialect, new JavaScriptParser(grammar));
  }
}
