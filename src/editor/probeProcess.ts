import type { LogOutputChannel } from 'vscode';
import type { ProbeClient, ProbeOptions } from '../probes/client';
import { ProbeError } from '../probes/failure';
import type { Backend, Measurement, ProbeRequest } from '../probes/protocol';
import { settingsFor } from './settings';

/** The process that probes run in: started on first use with the backend that the settings choose, gone after a cancelled probe. */
export class ProbeProcess {
  private client: Promise<ProbeClient> | undefined;
  private current: ProbeClient | undefined;
  private known: Backend | undefined;
  private running = 0;

  /**
   * @param program the bundled child: `dist/probe-child.js`
   * @param onBackend is told what the process computes with
   */
  constructor(
    private readonly program: string,
    private readonly onBackend: (backend: Backend) => void,
    private readonly log: LogOutputChannel,
  ) {}

  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** What the last process computed with. */
  get backend(): Backend | undefined {
    return this.known;
  }

  /** @throws ProbeError */
  async probe(request: ProbeRequest, options: ProbeOptions): Promise<Measurement> {
    const client = await (this.client ??= this.start());
    this.running += 1;
    try {
      const measurement = await client.probe(request, options);
      this.known = measurement.backend;
      this.onBackend(measurement.backend);
      return measurement;
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      const { failure } = error;
      // A cancelled child is not kept for later: who cancels wants the processor back.
      if (failure.kind === 'cancelled' && this.running === 1) await this.end(client);
      if (failure.kind !== 'childDied') throw error;
      if (failure.stderr !== '') this.log.error(`The probe process wrote last:\n${failure.stderr}`);
      throw new ProbeError({ ...failure, message: `${failure.message} The next probe starts a new one.` });
    } finally {
      this.running -= 1;
    }
  }

  /** Ends the process, and what runs in it; the next probe starts a new one. */
  async restart(): Promise<void> {
    if (this.client) await this.end(await this.client);
  }

  /** Resolves when no process is left. */
  async dispose(): Promise<void> {
    await this.restart();
  }

  /** The client speaks JSON-RPC, which is slow to load: not before the first probe. */
  private async start(): Promise<ProbeClient> {
    const { ProbeClient: Client } = await import('../probes/client');
    const { backend } = settingsFor(undefined).probe;
    return (this.current = new Client({ program: this.program, ...(backend !== 'auto' && { backend }) }));
  }

  private async end(client: ProbeClient): Promise<void> {
    if (this.current === client) this.client = this.current = undefined;
    await client.dispose();
  }
}
