import * as vscode from 'vscode';
import { Analyses } from './editor/analyses';
import { createApi, type GradLensApi } from './editor/api';
import { Baselines } from './editor/baselines';
import { registerCommands } from './editor/commands';
import { Engine } from './editor/engine';
import { FixAll } from './editor/fixAll';
import { Fixes } from './editor/fixes';
import { Gate } from './editor/gate';
import { Hovers } from './editor/hovers';
import { InputShapes } from './editor/inputShapes';
import { Lenses } from './editor/lenses';
import { Measurements } from './editor/measurements';
import { Pages } from './editor/pages';
import { PanelActions } from './editor/panelActions';
import { ProbeProcess } from './editor/probeProcess';
import { Probing } from './editor/probing';
import { showProblems } from './editor/problems';
import { Status } from './editor/status';
import { ModelPanels } from './panels';

let process: ProbeProcess | undefined;

/** Wires the parts. What is slow to load (the parser) and what runs elsewhere (the probe process) waits for its first use. */
export function activate(context: vscode.ExtensionContext): GradLensApi {
  const start = performance.now();
  const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const page = vscode.Uri.joinPath(dist, 'webview');
  const log = vscode.window.createOutputChannel('GradLens', { log: true });
  const gate = new Gate(log);
  const engine = new Engine(dist);
  const baselines = new Baselines(log);
  const analyses = new Analyses(baselines.filtering(engine.analyze), log);
  const panels = new ModelPanels(page, log);
  const measurements = new Measurements();
  const status = new Status(analyses);
  const program = vscode.Uri.joinPath(dist, 'probe-child.js').fsPath;
  process = new ProbeProcess(program, (backend) => status.showBackend(backend), log);
  const probing = new Probing(process, panels, measurements, new InputShapes(context.workspaceState));
  const panelActions = new PanelActions(panels, analyses, measurements, probing, page, engine.whatIf, gate);
  const pages = new Pages();
  context.subscriptions.push(
    log,
    baselines,
    baselines.onDidChange(() => analyses.analyzeAnew()),
    analyses,
    panels,
    status,
    panelActions,
    pages.register(),
    showProblems(analyses),
    new Lenses(analyses).register(),
    new Hovers(analyses).register(),
    new Fixes(analyses, engine.proveFix).register(),
    new FixAll(analyses, baselines, engine.mendAll).register(),
    registerCommands(gate, {
      extension: context.extension,
      analyses,
      panels: panelActions,
      probing,
      process,
      pages,
    }),
  );
  const api = createApi({ analyses, panels, probing, process }, performance.now() - start);
  log.info(`Activated in ${api.activationMilliseconds.toFixed(1)} ms.`);
  return api;
}

/** Waits until the probe process is gone. */
export async function deactivate(): Promise<void> {
  await process?.dispose();
}
