import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Channel } from './channel';
import {
  pageMessages,
  type HostMessage,
  type PageMessage,
  type PanelSnapshot,
  type ProbeState,
  type WhatIfFigures,
} from './messages';
import { panelPage } from './page';

/** Which model of which document a panel shows. */
export interface PanelKey {
  readonly document: vscode.Uri;
  readonly model: string;
}

/** One model's page, beside its source. What it was last told is kept and told again whenever the page starts anew. */
export class ModelPanel {
  private readonly channel: Channel<PageMessage, HostMessage>;
  private readonly received = new vscode.EventEmitter<PageMessage>();
  private readonly disposed = new vscode.EventEmitter<void>();
  private snapshot: PanelSnapshot | undefined;
  private state: ProbeState = { kind: 'idle' };
  private marked: readonly number[] = [];
  private opensWhatIf = false;

  /** Every message of the page that was understood. */
  readonly onDidReceiveMessage = this.received.event;
  readonly onDidDispose = this.disposed.event;

  constructor(
    readonly key: PanelKey,
    private readonly panel: vscode.WebviewPanel,
    directory: vscode.Uri,
    log: vscode.LogOutputChannel,
  ) {
    const { webview } = panel;
    this.channel = new Channel(
      {
        post: (message) => void webview.postMessage(message),
        listen: (receive) => void webview.onDidReceiveMessage(receive),
      },
      pageMessages,
      (stray) => log.warn('The panel sent a message that is not understood:', JSON.stringify(stray)),
    );
    this.channel.onMessage((message) => {
      if (message.kind === 'ready') this.tellAll();
      if (message.kind === 'failed') log.error(`The panel of ${key.model}: ${message.message}`);
      this.received.fire(message);
    });
    panel.onDidDispose(() => {
      this.channel.close();
      this.disposed.fire();
      this.received.dispose();
      this.disposed.dispose();
    });
    const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(directory, file)).toString();
    webview.html = panelPage({
      source: webview.cspSource,
      script: address('main.js'),
      style: address('main.css'),
      nonce: randomBytes(16).toString('base64'),
    });
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  update(snapshot: PanelSnapshot): void {
    this.snapshot = snapshot;
    this.channel.post({ kind: 'snapshot', snapshot });
  }

  progress(state: ProbeState): void {
    this.state = state;
    this.channel.post({ kind: 'progress', state });
  }

  /** Marks the operations of the cursor's line; none takes the mark away. */
  mark(nodes: readonly number[]): void {
    if (nodes.length === this.marked.length && nodes.every((node, index) => node === this.marked[index])) return;
    this.marked = nodes;
    this.channel.post({ kind: 'mark', nodes });
  }

  /** The answer to the page's last `vary`. */
  varied(answer: WhatIfFigures | { readonly reason: string }): void {
    this.channel.post({ kind: 'varied', answer });
  }

  /** Opens *What if* on the page, now or once it is there. */
  showWhatIf(): void {
    this.opensWhatIf = true;
    this.channel.post({ kind: 'showWhatIf' });
  }

  /** The next message of a kind. Rejects where the panel is closed first. */
  next<K extends PageMessage['kind']>(kind: K): Promise<Extract<PageMessage, { kind: K }>> {
    return this.channel.next(kind);
  }

  /** Shows the panel where it is, and leaves the focus where it is. */
  show(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private tellAll(): void {
    if (this.snapshot) this.channel.post({ kind: 'snapshot', snapshot: this.snapshot });
    this.channel.post({ kind: 'progress', state: this.state });
    this.channel.post({ kind: 'mark', nodes: this.marked });
    if (this.opensWhatIf) this.channel.post({ kind: 'showWhatIf' });
  }
}

/** The open panels, one a model of a document. */
export class ModelPanels implements vscode.Disposable {
  private readonly panels = new Map<string, ModelPanel>();
  private readonly opened = new vscode.EventEmitter<ModelPanel>();

  /** A panel was made: the time to listen to it. */
  readonly onDidOpen = this.opened.event;

  /** @param directory where the page's script and style are (`dist/webview`) */
  constructor(
    private readonly directory: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The model's panel, made beside the source where there is none, and shown without taking the focus. */
  open(key: PanelKey, snapshot: PanelSnapshot): ModelPanel {
    const known = this.find(key);
    if (known) {
      known.update(snapshot);
      known.show();
      return known;
    }
    const panel = new ModelPanel(key, this.createWebview(key), this.directory, this.log);
    this.panels.set(name(key), panel);
    panel.onDidDispose(() => this.panels.delete(name(key)));
    panel.update(snapshot);
    this.opened.fire(panel);
    return panel;
  }

  find(key: PanelKey): ModelPanel | undefined {
    return this.panels.get(name(key));
  }

  /** All panels of a document. */
  of(document: vscode.Uri): readonly ModelPanel[] {
    return [...this.panels.values()].filter(({ key }) => key.document.toString() === document.toString());
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) panel.dispose();
    this.opened.dispose();
  }

  private createWebview({ model }: PanelKey): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      'gradlens.model',
      `GradLens: ${model}`,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, enableForms: false, localResourceRoots: [this.directory] },
    );
    panel.iconPath = new vscode.ThemeIcon('graph-line');
    return panel;
  }
}

function name({ document, model }: PanelKey): string {
  return `${document.toString()}#${model}`;
}
