import * as vscode from 'vscode';
import type { ModelAnalysis } from '../analysis';
import { nodesOfLine } from '../panels/snapshot';
import type { Analyses, Known } from './analyses';
import { isAnalysed } from './documents';
import { CannotRun } from './gate';
import { rangeOf } from './ranges';

/** A model in an open document, as it is now. */
export interface ModelPlace {
  readonly document: vscode.TextDocument;
  readonly model: ModelAnalysis;
  readonly known: Known;
}

/** The model that commands mean: the one named (by a lens or a link), else the one at the cursor, else the one the user picks. */
export async function chooseModel(analyses: Analyses, uri: unknown, name: unknown): Promise<ModelPlace | undefined> {
  const editor = vscode.window.activeTextEditor;
  const document =
    typeof uri === 'string' ? await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)) : editor?.document;
  if (document === undefined || !isAnalysed(document)) throw new CannotRun('Open the file of the model first.');
  const known = await analyses.current(document);
  if (known === undefined)
    throw new CannotRun('GradLens does not look at this file: the setting gradlens.enable is off.', {
      title: 'Open Setting',
      command: 'workbench.action.openSettings',
      arguments: ['gradlens.enable'],
    });
  const { models } = known.analysis;
  const model =
    models.find(({ network }) => network.name === name) ??
    (editor?.document === document ? modelAt(known, editor.selection.active.line) : undefined) ??
    (await pick(models));
  if (model === undefined && models.length === 0)
    throw new CannotRun('GradLens found no model in this file.', {
      title: 'Why?',
      command: 'gradlens.whyNoFindings',
    });
  return model && { document, model, known };
}

/** The model of this name. @throws CannotRun where the document has none */
export async function modelNamed(analyses: Analyses, uri: vscode.Uri, name: string): Promise<ModelPlace> {
  const document = await vscode.workspace.openTextDocument(uri);
  const known = await analyses.current(document);
  const model = known?.analysis.models.find(({ network }) => network.name === name);
  if (known === undefined || model === undefined) throw new CannotRun(`There is no model ‘${name}’ in this file.`);
  return { document, known, model };
}

/** The model whose class, layers or calls stand on the line (counted from zero, in the text as it is now). */
export function modelAt({ analysis, changes }: Known, line: number): ModelAnalysis | undefined {
  const { models } = analysis;
  const heads = models
    .filter(({ network }) => network.span.file === analysis.file)
    .map((model) => ({ model, line: rangeOf(model.network.span, changes).start.line }));
  return (
    models.find(({ network }) => nodesOfLine(network, analysis.file, line).length > 0) ??
    heads.filter((head) => head.line <= line).sort((a, b) => b.line - a.line)[0]?.model ??
    (models.length === 1 ? models[0] : undefined)
  );
}

async function pick(models: readonly ModelAnalysis[]): Promise<ModelAnalysis | undefined> {
  if (models.length < 2) return models[0];
  const items = models.map((model) => ({
    label: model.network.name,
    description: `line ${model.network.span.start.line + 1}`,
    model,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'The model' }))?.model;
}
