import { EventEmitter, workspace, type Event, type Uri } from 'vscode';
import type { Analysis } from '../analysis';
import type { ModelPanels, PageMessage } from '../panels';
import type { Measurement, ProbeKind, ProbeProgress } from '../probes/protocol';
import type { Analyses } from './analyses';
import { modelNamed } from './models';
import type { ProbeProcess } from './probeProcess';
import type { Probing } from './probing';

/** What `activate` gives to other extensions (and to the tests): `vscode.extensions.getExtension('gradlens.gradlens').exports`. */
export interface GradLensApi {
  /** What is said of an open Python document as it is now; undefined where GradLens does not look. */
  analysisOf(document: Uri): Promise<Analysis | undefined>;

  /**
   * Probes a model as its lens does: with the notification, and the result in the panel beside the source.
   * @returns what was measured; fewer than asked for where the user cancelled
   * @throws where the model is not there, or the probe failed
   */
  probe(
    document: Uri,
    model: string,
    kinds: readonly ProbeKind[],
    onProgress?: (progress: ProbeProgress) => void,
  ): Promise<readonly Measurement[]>;

  /** Stops the model's probe, as the notification's button does. */
  cancelProbe(document: Uri, model: string): Promise<void>;

  /** The process id of the probe process; undefined while none runs. */
  probeProcessId(): number | undefined;

  /** What the page of a model's panel said. */
  readonly onDidReceivePanelMessage: Event<PanelMessage>;

  /** How long `activate` took, in milliseconds. */
  readonly activationMilliseconds: number;
}

export interface PanelMessage {
  readonly document: Uri;
  readonly model: string;
  readonly message: PageMessage;
}

/** Puts the API before the parts that do the work. */
export function createApi(
  parts: {
    readonly analyses: Analyses;
    readonly panels: ModelPanels;
    readonly probing: Probing;
    readonly process: ProbeProcess;
  },
  activationMilliseconds: number,
): GradLensApi {
  const { analyses, panels, probing, process } = parts;
  const messages = new EventEmitter<PanelMessage>();
  panels.onDidOpen((panel) => {
    const { document, model } = panel.key;
    panel.onDidReceiveMessage((message) => messages.fire({ document, model, message }));
  });
  return {
    analysisOf: async (document) => (await analyses.current(await workspace.openTextDocument(document)))?.analysis,
    probe: async (document, model, kinds, onProgress) =>
      probing.probe(await modelNamed(analyses, document, model), kinds, { onProgress }),
    cancelProbe: async (document, model) => probing.cancel(await modelNamed(analyses, document, model)),
    probeProcessId: () => process.pid,
    onDidReceivePanelMessage: messages.event,
    activationMilliseconds,
  };
}
