import * as vscode from 'vscode';
import { panelSnapshot, type ModelPanels } from '../panels';
import { ProbeError } from '../probes/failure';
import type { Measurement, ProbeKind, ProbeProgress } from '../probes/protocol';
import { initialProbe } from '../probes/request';
import type { Network } from '../network';
import { CannotRun } from './gate';
import type { InputShapes } from './inputShapes';
import type { Measurements } from './measurements';
import type { ModelPlace } from './models';
import type { ProbeProcess } from './probeProcess';
import { settingsFor } from './settings';

export const probeNames: Readonly<Record<ProbeKind, string>> = {
  gradientNorms: 'gradient norms',
  jacobianSpectrum: 'Jacobian spectrum',
};

export interface ProbeOptions {
  /** Draw other weights and inputs than the last time. */
  readonly again?: boolean;
  /** Told what the notification tells; the fraction is over all kinds and never falls. */
  readonly onProgress?: ((progress: ProbeProgress) => void) | undefined;
}

/** Runs probes with a notification that tells how far they are and cancels them, and shows what they measured in the model's panel. */
export class Probing {
  private readonly running = new Map<string, AbortController>();
  private readonly seeds = new Map<string, number>();

  constructor(
    private readonly process: ProbeProcess,
    private readonly panels: ModelPanels,
    private readonly measurements: Measurements,
    private readonly shapes: InputShapes,
  ) {}

  /**
   * @returns the measurements; fewer than asked for where the user cancelled
   * @throws CannotRun where the workspace is not trusted or the model cannot be probed; ProbeError where the process failed
   */
  async probe(
    place: ModelPlace,
    kinds: readonly ProbeKind[],
    options: ProbeOptions = {},
  ): Promise<readonly Measurement[]> {
    requireTrust();
    const key = keyOf(place);
    if (this.running.has(key)) throw new CannotRun(`${place.model.network.name} is being probed already.`);
    const shape = await this.shapes.shapeFor(place);
    if (shape === undefined) return [];
    const abort = new AbortController();
    this.running.set(key, abort);
    try {
      return await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: `Probing ${place.model.network.name}`,
          cancellable: true,
        },
        async (progress, token) => {
          token.onCancellationRequested(() => abort.abort());
          let told = 0;
          const onProgress = ({ fraction, message }: ProbeProgress): void => {
            progress.report({ message, increment: 100 * Math.max(0, fraction - told) });
            told = Math.max(told, fraction);
            options.onProgress?.({ fraction: told, message });
          };
          return await this.run(place, kinds, { ...options, shape, signal: abort.signal, onProgress });
        },
      );
    } finally {
      this.running.delete(key);
    }
  }

  /** Stops the probe of this model, where one runs. */
  cancel(place: Pick<ModelPlace, 'document' | 'model'>): void {
    this.running.get(keyOf(place))?.abort();
  }

  private async run(
    { document, model }: ModelPlace,
    kinds: readonly ProbeKind[],
    how: {
      readonly shape: readonly number[];
      readonly again?: boolean;
      readonly signal: AbortSignal;
      readonly onProgress: (progress: ProbeProgress) => void;
    },
  ): Promise<readonly Measurement[]> {
    const { network } = model;
    const uri = document.uri.toString();
    const { batchSize } = settingsFor(document).probe;
    const seed = this.seedFor(document, network, how.again === true);
    const key = { document: document.uri, model: network.name };
    const panel = this.panels.open(key, panelSnapshot(model, this.measurements.of(uri, network)));
    const measured: Measurement[] = [];
    try {
      for (const [index, probe] of kinds.entries()) {
        const onProgress = ({ fraction, message }: ProbeProgress): void => {
          const overall = (index + fraction) / kinds.length;
          const told = { fraction: overall, message: `${probeNames[probe]}: ${message}` };
          how.onProgress(told);
          panel.progress({ kind: 'running', ...told });
        };
        onProgress({ fraction: 0, message: 'starting' });
        const measurement = await this.process.probe(
          initialProbe(probe, network, { seed, batch: batchSize, shape: how.shape }),
          { onProgress, signal: how.signal },
        );
        measured.push(measurement);
        this.measurements.add(uri, network, measurement);
        panel.update(panelSnapshot(model, this.measurements.of(uri, network)));
      }
      panel.progress({ kind: 'idle' });
      return measured;
    } catch (error) {
      const failure = error instanceof ProbeError ? error.failure : undefined;
      if (failure?.kind === 'cancelled') {
        panel.progress({ kind: 'idle' });
        return measured;
      }
      panel.progress({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      if (failure?.kind === 'notProbeable' || failure?.kind === 'disposed') throw new CannotRun(failure.message);
      throw error;
    }
  }

  private seedFor(document: vscode.TextDocument, network: Network, again: boolean): number {
    const key = `${document.uri.toString()}#${network.name}`;
    const last = this.seeds.get(key);
    const seed = again && last !== undefined ? last + 1 : settingsFor(document).probe.seed;
    this.seeds.set(key, seed);
    return seed;
  }
}

function keyOf({ document, model }: Pick<ModelPlace, 'document' | 'model'>): string {
  return `${document.uri.toString()}#${model.network.name}`;
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted)
    throw new CannotRun('A probe starts a process, which waits until you trust this workspace.', {
      title: 'Manage Trust',
      command: 'workbench.trust.manage',
    });
}
