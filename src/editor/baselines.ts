import * as vscode from 'vscode';
import type { Analysis } from '../analysis';
import { baselineName, BaselineError, parseBaseline, withoutKnown, type Baseline } from '../analysis/baseline';
import type { Analyze } from './analyses';

/** The baselines of the workspace folders: what they know is not told. */
export class Baselines implements vscode.Disposable {
  private readonly read = new Map<string, Promise<Baseline | undefined>>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher(`**/${baselineName}`);

  /** A baseline was written, changed or removed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    const forget = (): void => {
      this.read.clear();
      this.changed.fire();
    };
    this.watcher.onDidChange(forget);
    this.watcher.onDidCreate(forget);
    this.watcher.onDidDelete(forget);
  }

  /** The analysis of a text without what the baseline of its folder knows. */
  filtering(analyze: Analyze): Analyze {
    return async (source, options) => {
      const analysis = await analyze(source, options);
      const filter = await this.filterOf(vscode.Uri.parse(source.file));
      return filter(analysis);
    };
  }

  /** What leaves out of the analysis of a file what is known of it. */
  async filterOf(file: vscode.Uri): Promise<(analysis: Analysis) => Analysis> {
    const folder = vscode.workspace.getWorkspaceFolder(file);
    const baseline = folder && (await this.of(folder));
    if (!baseline) return (analysis) => analysis;
    const name = file.path.slice(folder.uri.path.replace(/\/$/, '').length + 1);
    return (analysis) => withoutKnown(analysis, baseline, name);
  }

  dispose(): void {
    this.watcher.dispose();
    this.changed.dispose();
  }

  private of({ uri }: vscode.WorkspaceFolder): Promise<Baseline | undefined> {
    const key = uri.toString();
    const known = this.read.get(key);
    if (known) return known;
    const reading = this.readNow(vscode.Uri.joinPath(uri, baselineName));
    this.read.set(key, reading);
    return reading;
  }

  private async readNow(file: vscode.Uri): Promise<Baseline | undefined> {
    const bytes = await Promise.resolve(vscode.workspace.fs.readFile(file)).catch(() => undefined);
    if (bytes === undefined) return undefined;
    try {
      return parseBaseline(new TextDecoder().decode(bytes));
    } catch (error) {
      if (!(error instanceof BaselineError)) throw error;
      this.log.error(`${file.toString()} is no baseline: ${error.message}. All findings are told.`);
      return undefined;
    }
  }
}
