import * as vscode from 'vscode';
import { allFindings, type Analysis } from '../analysis/analysis';
import type { Backend } from '../probes/protocol';
import type { Analyses } from './analyses';
import { isAnalysed, analysedSelector } from './documents';
import { settingsFor } from './settings';

/** The entry behind the language's braces in the status bar: what was found in this file, and what probes compute with. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('gradlens.status', analysedSelector);
  private readonly subscriptions: vscode.Disposable;
  private backend: Backend | undefined;

  constructor(private readonly analyses: Analyses) {
    this.item.name = 'GradLens';
    this.item.command = { title: 'Why?', command: 'gradlens.whyNoFindings' };
    this.subscriptions = vscode.Disposable.from(
      analyses.onDidChange(() => this.show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
    );
    this.show();
  }

  /** What the probe process last said that it computes with. */
  showBackend(backend: Backend): void {
    this.backend = backend;
    this.show();
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.item.dispose();
  }

  private show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || !isAnalysed(document)) return;
    const failure = this.analyses.failure(document);
    const analysis = this.analyses.known(document)?.analysis;
    this.item.severity =
      failure === undefined ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Error;
    this.item.busy = failure === undefined && analysis === undefined && settingsFor(document).enable;
    this.item.text = `GradLens: ${failure ?? (analysis ? verdict(analysis) : this.item.busy ? 'reading' : 'off')}`;
    if (this.backend)
      this.item.detail = `probes on ${this.backend.name} ${this.backend.version}, ${this.backend.precision}`;
  }
}

function verdict(analysis: Analysis): string {
  const { models } = analysis;
  const count = allFindings(analysis).length;
  if (models.length === 0 && count === 0) return 'no model here';
  return `${counted(models.length, 'model')}, ${count === 0 ? 'no findings' : counted(count, 'finding')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
