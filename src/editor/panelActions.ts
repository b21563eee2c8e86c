import * as vscode from 'vscode';
import type { ModelAnalysis, SourceText } from '../analysis';
import {
  htmlReport,
  nodesOfLine,
  panelSnapshot,
  type ModelPanel,
  type ModelPanels,
  type PageMessage,
  type VariationFields,
  type WhatIfFigures,
} from '../panels';
import { withSpans, type SourceSpan } from '../network';
import type { Fix, JudgeOptions } from '../rules';
import type { Analyses } from './analyses';
import { CannotRun, type Gate } from './gate';
import type { Measurements } from './measurements';
import { modelNamed, type ModelPlace } from './models';
import { showPlace } from './notebooks';
import type { Probing } from './probing';
import { rangeOf } from './ranges';
import { settingsFor } from './settings';
import { workspaceEditOf } from './workspaceEdit';

/** See `whatIfFigures` and `writtenVariation`: they are loaded with the engine. */
export interface WhatIfEngine {
  figures(model: ModelAnalysis, variation: VariationFields, options: JudgeOptions): Promise<WhatIfFigures | undefined>;
  written(source: SourceText, model: ModelAnalysis, variation: VariationFields): Promise<Fix | string>;
}

/** Keeps the open panels in step with the source and the cursor, and does what is asked for in them. */
export class PanelActions implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly panels: ModelPanels,
    private readonly analyses: Analyses,
    private readonly measurements: Measurements,
    private readonly probing: Probing,
    private readonly page: vscode.Uri,
    private readonly whatIf: WhatIfEngine,
    gate: Gate,
  ) {
    this.subscriptions = vscode.Disposable.from(
      panels.onDidOpen((panel) => {
        panel.onDidReceiveMessage((message) => void gate.run(`panel: ${message.kind}`, () => this.act(panel, message)));
        this.mark(panel);
      }),
      analyses.onDidChange((document) => this.refresh(document)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        for (const panel of panels.of(textEditor.document.uri)) this.mark(panel);
      }),
    );
  }

  /** Opens the model's panel beside the source. */
  show({ document, model }: ModelPlace): ModelPanel {
    const key = { document: document.uri, model: model.network.name };
    return this.panels.open(key, panelSnapshot(model, this.measurements.of(document.uri.toString(), model.network)));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private refresh(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (this.analyses.known(document) === undefined) this.measurements.forget(uri);
    for (const panel of this.panels.of(document.uri)) {
      const place = this.placeOf(panel);
      if (place) panel.update(panelSnapshot(place.model, this.measurements.of(uri, place.model.network)));
    }
  }

  private mark(panel: ModelPanel): void {
    const place = this.placeOf(panel);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document === place?.document);
    if (place && editor)
      panel.mark(nodesOfLine(place.model.network, place.known.analysis.file, editor.selection.active.line));
  }

  private async act(panel: ModelPanel, message: PageMessage): Promise<void> {
    const place = this.placeOf(panel);
    if (place === undefined) {
      // Who asks waits for the answer.
      if (message.kind === 'vary') panel.varied({ reason: 'The model is not in the source as it stands now.' });
      return;
    }
    switch (message.kind) {
      case 'reveal':
        await reveal(place, place.model.network.nodes[message.node]?.span);
        break;
      case 'revealFinding':
        await reveal(place, place.model.findings[message.index]?.span);
        break;
      case 'probe':
        await this.probing.probe(place, ['gradientNorms', 'jacobianSpectrum'], { again: message.again });
        break;
      case 'cancel':
        this.probing.cancel(place);
        break;
      case 'export':
        await this.export(place);
        break;
      case 'vary':
        panel.varied(await this.vary(place, message.variation));
        break;
      case 'write':
        // Of the text as it is now: it is proven, and edited, by that.
        await this.write(await modelNamed(this.analyses, panel.key.document, panel.key.model), message.variation);
        break;
      case 'ready':
      case 'rendered':
      case 'failed':
        break;
    }
  }

  private async vary(
    { document, model }: ModelPlace,
    variation: VariationFields,
  ): Promise<WhatIfFigures | { readonly reason: string }> {
    const figures = await this.whatIf.figures(model, variation, {
      severities: settingsFor(document).severities,
    });
    return (
      figures ?? { reason: 'This model has no hidden layers that theory can follow from its input to its output.' }
    );
  }

  private async write({ document, model }: ModelPlace, variation: VariationFields): Promise<void> {
    const { notebook, ...source } = this.analyses.source(document);
    const whole = notebook ? withSpans(model, (span) => notebook.inWhole(span)) : model;
    const fix = await this.whatIf.written(source, whole, variation);
    if (typeof fix === 'string') throw new CannotRun(fix);
    const edit = workspaceEditOf(notebook ? fix.edits.map((one) => notebook.editInCell(one)) : fix.edits);
    if (!(await vscode.workspace.applyEdit(edit))) throw new CannotRun('The file cannot be edited.');
  }

  private async export({ document, model }: ModelPlace): Promise<void> {
    const { network } = model;
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(document.uri, '..', `${network.name}-gradlens.html`),
      filters: { 'HTML report': ['html'] },
    });
    if (target === undefined) return;
    const snapshot = panelSnapshot(model, this.measurements.of(document.uri.toString(), network));
    const html = await htmlReport([snapshot], this.page.fsPath);
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(html));
    const open = 'Open';
    if ((await vscode.window.showInformationMessage(`The report is in ${target.fsPath}.`, open)) === open)
      await vscode.env.openExternal(target);
  }

  /** The model that a panel shows, as it was last analysed; undefined when it is gone from the source. */
  private placeOf({ key }: ModelPanel): ModelPlace | undefined {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key.document.toString());
    const known = document && this.analyses.known(document);
    const model = known?.analysis.models.find(({ network }) => network.name === key.model);
    return document && known && model && { document, known, model };
  }
}

/** Puts the cursor on the span in the source's own editor column; it may be of a file that the source imports. */
async function reveal({ document, known }: ModelPlace, span: SourceSpan | undefined): Promise<void> {
  if (span === undefined) return;
  const own = span.file === document.uri.toString();
  const target = own ? document : await vscode.workspace.openTextDocument(vscode.Uri.parse(span.file, true));
  const range = rangeOf(span, own ? known.changes : []);
  await showPlace(target, range, document);
}
