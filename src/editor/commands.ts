import * as vscode from 'vscode';
import { allFindings } from '../analysis/analysis';
import type { CatalogueEntry } from '../rules';
import type { ProbeKind } from '../probes/protocol';
import type { Analyses } from './analyses';
import { commandIds, type CommandId } from './commandIds';
import { compareCheckpoint } from './compareCheckpoint';
import { debugInformation } from './debugInformation';
import { diagnosisPage } from './diagnosis';
import { isAnalysed } from './documents';
import { explainRule } from './explanations';
import { CannotRun, type Gate } from './gate';
import { chooseModel } from './models';
import { showPlace } from './notebooks';
import type { Pages } from './pages';
import type { PanelActions } from './panelActions';
import type { ProbeProcess } from './probeProcess';
import { probeNames, type Probing } from './probing';
import { rangeOf } from './ranges';
import { settingsFor, turnRuleOff } from './settings';
import { tellSizes } from './tellSizes';

/** What commands work on. */
export interface CommandParts {
  readonly extension: vscode.Extension<unknown>;
  readonly analyses: Analyses;
  readonly panels: PanelActions;
  readonly probing: Probing;
  readonly process: ProbeProcess;
  readonly pages: Pages;
}

/** Registers every command, each run through the gate. */
export function registerCommands(gate: Gate, parts: CommandParts): vscode.Disposable {
  const table = commandsOf(parts);
  return vscode.Disposable.from(...commandIds.map((id) => gate.register(id, table[id])));
}

function commandsOf(parts: CommandParts): Readonly<Record<CommandId, (...args: unknown[]) => Promise<unknown>>> {
  const { extension, analyses, panels, probing, process, pages } = parts;
  return {
    'gradlens.probe': async (uri, name, kinds) => {
      const place = await chooseModel(analyses, uri, name);
      const chosen = kinds === 'both' ? bothProbes : await pickProbes();
      if (place && chosen) await probing.probe(place, chosen);
    },
    'gradlens.showPanel': async (uri, name) => {
      const place = await chooseModel(analyses, uri, name);
      if (place) panels.show(place);
    },
    'gradlens.whatIf': async (uri, name) => {
      const place = await chooseModel(analyses, uri, name);
      if (place) panels.show(place).showWhatIf();
    },
    'gradlens.explainRule': async (rule) => explainRule(extension.extensionUri, await catalogue(), rule),
    'gradlens.turnRuleOff': async (rule) => {
      const known = (await catalogue()).find(({ id }) => id === rule);
      if (known) await turnRuleOff(known.id);
    },
    'gradlens.showFixes': (uri, rule, line) => showFixes(analyses, uri, rule, line),
    'gradlens.whyNoFindings': async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document === undefined || !isAnalysed(document)) throw new CannotRun('Open the file in question first.');
      const known = await analyses.current(document);
      const off = Object.entries(settingsFor(document).severities).flatMap(([id, choice]) =>
        choice === 'off' ? [id] : [],
      );
      const file = vscode.workspace.asRelativePath(document.uri);
      await pages.show('What GradLens read', diagnosisPage(file, known?.analysis, off));
    },
    'gradlens.tellSizes': async (uri, name, answer) => {
      const place = await chooseModel(analyses, uri, name);
      if (place) await tellSizes(place, typeof answer === 'string' ? answer : undefined);
    },
    'gradlens.compareCheckpoint': async (uri, name, file) => {
      const place = await chooseModel(analyses, uri, name);
      const dist = vscode.Uri.joinPath(extension.extensionUri, 'dist');
      if (place) await compareCheckpoint(place, pages, dist, file instanceof vscode.Uri ? file : undefined);
    },
    'gradlens.restartProbeProcess': () => process.restart(),
    'gradlens.copyDebugInformation': async () => {
      await vscode.env.clipboard.writeText(debugInformation(extension, analyses, process));
      vscode.window.setStatusBarMessage('GradLens: debug information is in the clipboard.', 5000);
    },
  };
}

/** It is part of the engine, which is loaded when it is needed. */
async function catalogue(): Promise<readonly CatalogueEntry[]> {
  return (await import('../engine')).catalogue;
}

const bothProbes: readonly ProbeKind[] = ['gradientNorms', 'jacobianSpectrum'];

async function pickProbes(): Promise<readonly ProbeKind[] | undefined> {
  const items = [
    { label: 'Both', description: 'gradient norms, then the Jacobian spectrum', kinds: bothProbes },
    ...bothProbes.map((kind) => ({
      label: capitalised(probeNames[kind]),
      description: probeDetails[kind],
      kinds: [kind],
    })),
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: 'What to measure' }))?.kinds;
}

const probeDetails: Readonly<Record<ProbeKind, string>> = {
  gradientNorms: 'of the loss, by layer and by parameter',
  jacobianSpectrum: 'singular values from input to output, and by layer',
};

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Puts the cursor on the line to blame and opens the menu of what mends it. */
async function showFixes(analyses: Analyses, uri: unknown, rule: unknown, line: unknown): Promise<void> {
  if (typeof uri !== 'string' || typeof line !== 'number') throw new CannotRun('Choose a finding in the editor first.');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const known = await analyses.current(document);
  const places = (known ? allFindings(known.analysis) : [])
    .filter((finding) => finding.rule === rule)
    .map(({ span }) => rangeOf(span).start)
    .sort((a, b) => Math.abs(a.line - line) - Math.abs(b.line - line));
  const [place] = places;
  if (place === undefined) throw new CannotRun('This finding is gone: the source has been changed.');
  await showPlace(document, new vscode.Range(place, place));
  await vscode.commands.executeCommand('editor.action.quickFix');
}
