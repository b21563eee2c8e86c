import * as vscode from 'vscode';
import type { Analysis, SourceText } from '../analysis';
import type { NotebookText } from '../readers/notebooks';
import type { JudgeOptions } from '../rules';
import { isAnalysed } from './documents';
import { ImportedFiles } from './importedFiles';
import { inCell, NotebookAnalyses, notebookOf, textOf } from './notebooks';
import { settingsFor } from './settings';
import type { TextChange } from './shift';

/** Reads, predicts and judges one text; `file` is the document's URI as a string. */
export type Analyze = (source: SourceText, options: JudgeOptions) => Promise<Analysis>;

/** A document as the analyser takes it: of a cell, the whole notebook. */
export interface DocumentSource extends SourceText {
  readonly notebook?: NotebookText;
}

/** What is known of an open document. */
export interface Known {
  readonly analysis: Analysis;
  /** The version of the document that was analysed. */
  readonly version: number;
  /** The changes of the text since: a span of `analysis` is carried through them. */
  readonly changes: readonly TextChange[];
}

type Change = TextChange & { readonly version: number };

interface Tracked {
  readonly document: vscode.TextDocument;
  known: Known | undefined;
  /** The last analysis of a text that was understood as a whole. */
  whole: Known | undefined;
  /** Since the older of the two. */
  changes: Change[];
  timer: NodeJS.Timeout | undefined;
  running: { readonly version: number; readonly result: Promise<Known | undefined> } | undefined;
  /** Why the last analysis failed. */
  failure: string | undefined;
  /** How long the last analysis took, in milliseconds. */
  cost: number;
  /** Names of the files that the last analysis looked for. */
  imports: Set<string>;
  /** Set when one of them has changed since. */
  stale: boolean;
}

/** The pause after the last key before a text is analysed anew; a text that takes long to analyse waits longer. */
const pause = 150;
const longestPause = 2000;

/** The analysis of every open document, kept up to date while it, what it imports, or another cell of its notebook is edited. */
export class Analyses implements vscode.Disposable {
  private readonly tracked = new Map<string, Tracked>();
  private readonly files = new ImportedFiles();
  private readonly notebooks = new NotebookAnalyses();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly subscriptions: { dispose(): unknown }[] = [];

  /** The document has been analysed anew, or is no longer analysed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly analyze: Analyze,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions.push(
      this.changed,
      this.files,
      this.files.onDidChange((name) => this.importChanged(name)),
      vscode.workspace.onDidOpenTextDocument(() => this.openAll()),
      vscode.workspace.onDidCloseTextDocument((document) => this.close(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.edited(event)),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.cellsChanged(notebook, undefined);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('gradlens')) this.analyzeAnew();
      }),
    );
    // Not at once: activation does not wait for the parser.
    setImmediate(() => this.openAll());
  }

  /** What was last known; at once, perhaps of an older text. */
  known(document: vscode.TextDocument): Known | undefined {
    return this.find(document)?.known;
  }

  /**
   * What was last known of a text without a syntax error: while one is being typed, models come and go in
   * {@link known}, but not here.
   */
  whole(document: vscode.TextDocument): Known | undefined {
    return this.find(document)?.whole;
  }

  /**
   * What is known of the text as it is now, analysed at once where it has to be; undefined where GradLens does not look.
   * @throws where the analysis fails
   */
  async current(document: vscode.TextDocument): Promise<Known | undefined> {
    const tracked = this.open(document);
    const known = tracked && (await this.update(tracked));
    if (tracked?.failure !== undefined) throw new Error(tracked.failure);
    return known;
  }

  /** The document as the analyser takes it: its text and what it may import. */
  source(document: vscode.TextDocument, asked: (name: string) => void = () => undefined): DocumentSource {
    const shared = { language: document.languageId, files: this.files.provider(asked) };
    const cells = notebookOf(document);
    if (!cells) return { file: document.uri.toString(), text: document.getText(), ...shared };
    const notebook = textOf(cells);
    return { file: notebook.file, text: notebook.text, notebook, ...shared };
  }

  /** Why the last analysis of the document failed; undefined where it did not. */
  failure(document: vscode.TextDocument): string | undefined {
    return this.find(document)?.failure;
  }

  /** What was set, or what is known already, has changed: nothing that was found holds any more. */
  analyzeAnew(): void {
    for (const { document } of [...this.tracked.values()]) this.close(document);
    this.openAll();
  }

  dispose(): void {
    for (const { timer } of this.tracked.values()) clearTimeout(timer);
    this.tracked.clear();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private openAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      const tracked = this.open(document);
      if (tracked) void this.update(tracked);
    }
  }

  /** What is followed of this very document: another may have had the same name before it was closed. */
  private find(document: vscode.TextDocument): Tracked | undefined {
    const tracked = this.tracked.get(document.uri.toString());
    return tracked?.document === document ? tracked : undefined;
  }

  /** Begins to follow the document, where GradLens looks at it; one that was closed meanwhile is followed no more. */
  private open(document: vscode.TextDocument): Tracked | undefined {
    const before = this.find(document);
    if (before !== undefined || document.isClosed || !isAnalysed(document) || !settingsFor(document).enable)
      return before;
    const key = document.uri.toString();
    clearTimeout(this.tracked.get(key)?.timer);
    const tracked: Tracked = {
      document,
      known: undefined,
      whole: undefined,
      changes: [],
      timer: undefined,
      running: undefined,
      failure: undefined,
      cost: 0,
      imports: new Set(),
      stale: false,
    };
    this.tracked.set(key, tracked);
    return tracked;
  }

  private close(document: vscode.TextDocument): void {
    const tracked = this.find(document);
    if (tracked === undefined) return;
    clearTimeout(tracked.timer);
    this.tracked.delete(document.uri.toString());
    this.changed.fire(document);
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const tracked = this.find(document);
    if (tracked === undefined || contentChanges.length === 0) return;
    const { version } = document;
    tracked.changes.push(...contentChanges.map(({ range, text }) => ({ range, text, version })));
    tracked.known = tracked.known && carried(tracked.known, tracked.changes);
    tracked.whole = tracked.whole && carried(tracked.whole, tracked.changes);
    this.updateLater(tracked);
    const notebook = notebookOf(document);
    if (notebook) this.cellsChanged(notebook, document);
  }

  private importChanged(name: string): void {
    for (const tracked of this.tracked.values())
      if (tracked.imports.has(name) && tracked.document.uri.toString() !== name) {
        tracked.stale = true;
        this.updateLater(tracked);
        const notebook = notebookOf(tracked.document);
        if (notebook) {
          this.notebooks.forget(notebook.uri.toString());
          this.cellsChanged(notebook, tracked.document);
        }
      }
  }

  /** What one cell defines the others know. */
  private cellsChanged(notebook: vscode.NotebookDocument, changed: vscode.TextDocument | undefined): void {
    for (const { document } of notebook.getCells()) {
      const tracked = document === changed ? undefined : this.find(document);
      if (tracked === undefined) continue;
      tracked.stale = true;
      this.updateLater(tracked);
    }
  }

  private updateLater(tracked: Tracked): void {
    clearTimeout(tracked.timer);
    const wait = Math.min(Math.max(pause, 3 * tracked.cost), longestPause);
    tracked.timer = setTimeout(() => void this.update(tracked), wait);
  }

  private update(tracked: Tracked): Promise<Known | undefined> {
    clearTimeout(tracked.timer);
    const { version } = tracked.document;
    if (!tracked.stale) {
      if (tracked.known?.version === version) return Promise.resolve(tracked.known);
      if (tracked.running?.version === version) return tracked.running.result;
    }
    tracked.stale = false;
    const result = this.analyzeNow(tracked, version);
    tracked.running = { version, result };
    return result;
  }

  private async analyzeNow(tracked: Tracked, version: number): Promise<Known | undefined> {
    const { document } = tracked;
    const start = performance.now();
    const imports = new Set<string>();
    try {
      const { notebook, ...source } = this.source(document, (name) => imports.add(name));
      const options: JudgeOptions = { severities: settingsFor(document).severities };
      const run = (): Promise<Analysis> => this.analyze(source, options);
      const analysis = notebook
        ? inCell(await this.notebooks.analyze(notebook, options, run), notebook, document.uri.toString())
        : await run();
      if (this.find(document) !== tracked) return undefined;
      if (tracked.known !== undefined && tracked.known.version > version) return tracked.known;
      tracked.failure = undefined;
      tracked.imports = imports;
      tracked.known = carried({ analysis, version, changes: [] }, tracked.changes);
      if (analysis.notes.length === 0) tracked.whole = tracked.known;
      const oldest = Math.min(version, tracked.whole?.version ?? version);
      tracked.changes = tracked.changes.filter((change) => change.version > oldest);
      this.changed.fire(document);
      return tracked.known;
    } catch (error) {
      if (this.find(document) !== tracked) return undefined;
      this.log.error(
        `The analysis of ${document.uri.toString()} failed.`,
        error instanceof Error ? error : String(error),
      );
      tracked.failure = `The analysis failed: ${error instanceof Error ? error.message : String(error)}`;
      this.changed.fire(document);
      return undefined;
    } finally {
      tracked.cost = performance.now() - start;
      if (tracked.running?.version === version) tracked.running = undefined;
    }
  }
}

function carried(known: Known, changes: readonly Change[]): Known {
  return { ...known, changes: changes.filter(({ version }) => version > known.version) };
}
