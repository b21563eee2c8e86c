import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FileProvider } from '../readers';
import { sitePackagesBelow } from '../readers/sitePackages';

/**
 * The texts that models import, as the editor has them: open documents as they are typed, else files of the workspace and of its virtual
 * environments. Names are URIs as strings. What was read is remembered until it changes.
 */
export class ImportedFiles implements vscode.Disposable {
  private readonly texts = new Map<string, string | undefined>();
  private readonly changed = new vscode.EventEmitter<string>();
  private readonly subscriptions: { dispose(): unknown }[] = [this.changed];
  private watching = false;
  private roots: readonly string[] | undefined;

  /** A text that was asked for is another now; the name is that of `read`. */
  readonly onDidChange = this.changed.event;

  /** @param asked is told each name that is looked for, whether it is there or not */
  provider(asked: (name: string) => void): FileProvider {
    this.watch();
    return {
      roots: (this.roots ??= importRoots()),
      read: (name) => {
        asked(name);
        return this.read(name);
      },
    };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private read(name: string): string | undefined {
    const open = vscode.workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === name);
    if (open) return open.getText();
    if (!this.texts.has(name)) this.texts.set(name, this.load(name));
    return this.texts.get(name);
  }

  /** Reading is not asynchronous, a virtual workspace is: its files come later, and are then told as changed. */
  private load(name: string): string | undefined {
    const uri = vscode.Uri.parse(name);
    if (uri.scheme !== 'file') {
      void this.fetch(name, uri);
      return undefined;
    }
    try {
      return readFileSync(uri.fsPath, 'utf8');
    } catch {
      // No such file, or none that may be read: both mean that the module is not there.
      return undefined;
    }
  }

  private async fetch(name: string, uri: vscode.Uri): Promise<void> {
    try {
      this.texts.set(name, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
      this.changed.fire(name);
    } catch {
      // It is not there, which is what was answered.
    }
  }

  /** From the first reading on. */
  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.py');
    const forget = (uri: vscode.Uri): void => {
      const name = uri.toString();
      if (this.texts.delete(name)) this.changed.fire(name);
    };
    this.subscriptions.push(
      watcher,
      watcher.onDidChange(forget),
      watcher.onDidCreate(forget),
      watcher.onDidDelete(forget),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.changed.fire(document.uri.toString());
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => (this.roots = undefined)),
    );
  }
}

/** The folders of the workspace, and the packages that are installed beside them. */
function importRoots(): readonly string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const installed = folders
    .filter(({ uri }) => uri.scheme === 'file')
    .flatMap(({ uri }) => sitePackagesBelow(uri.fsPath).map((path) => vscode.Uri.file(path)));
  return [...folders.map(({ uri }) => uri), ...installed].map((uri) => uri.toString());
}
