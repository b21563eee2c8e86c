import { CancellationTokenSource, ErrorCodes, ResponseError, type CancellationToken } from 'vscode-jsonrpc/node';
import { ProbeChild, type Exit } from './childProcess';
import { ProbeError, type ProbeFailure } from './failure';
import {
  backendRequest,
  forwardRequest,
  probeProgress,
  probeRequest,
  type Backend,
  type BackendName,
  type FloatTensor,
  type ForwardRequest,
  type Measurement,
  type ProbeKind,
  type ProbeProgress,
  type ProbeRequest,
} from './protocol';

export interface ProbeClientOptions {
  /** The bundled child program: `dist/probe-child.js`. */
  readonly program: string;
  /** Takes this backend and no other. */
  readonly backend?: BackendName;
  /** The directory that holds `node_modules/@tensorflow/tfjs-node`, where it is not the usual one. */
  readonly nativeDirectory?: string;
  /** The child is stopped after so long without a request, in milliseconds; 60,000 unless told. */
  readonly idleTimeout?: number;
  /** A cancelled child that has not answered after so long is killed, in milliseconds; 2,000 unless told. */
  readonly cancelTimeout?: number;
}

export interface Limits {
  readonly signal?: AbortSignal;
  /** The child is told to stop after so long, in milliseconds. */
  readonly timeout?: number;
}

export interface ProbeOptions extends Limits {
  readonly onProgress?: (progress: ProbeProgress) => void;
}

/** The measurement that a request of this kind is answered with. */
export type MeasurementOf<K extends ProbeKind> = Extract<Measurement, { kind: K }>;

/**
 * The way to the probe child. It is started on first use, stopped when idle, cancelled in words and, when it does not
 * answer, killed. When it dies, the requests that ran are rejected with how it ended, none is repeated in silence, and the
 * next request starts a new one. All rejections are {@link ProbeError}s.
 */
export class ProbeClient {
  private child: ProbeChild | undefined;
  private idle: NodeJS.Timeout | undefined;
  private running = 0;
  private nextToken = 1;
  private disposed = false;

  constructor(private readonly options: ProbeClientOptions) {}

  /** The process id of the running child. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The backend that the child took; starts it where it does not run. */
  backend(): Promise<Backend> {
    return this.asking((child) => answerOf(child, child.connection.sendRequest(backendRequest, {})));
  }

  /** Measures. Probes that are asked for at the same time are answered one after the other. */
  async probe<K extends ProbeKind>(
    request: ProbeRequest & { readonly probe: K },
    { onProgress, ...limits }: ProbeOptions = {},
  ): Promise<MeasurementOf<K>> {
    const token = this.nextToken++;
    const measurement = await this.cancellable(limits, async ({ connection }, cancellation) => {
      const progress = onProgress && connection.onProgress(probeProgress, token, (message) => onProgress(message));
      try {
        return await connection.sendRequest(probeRequest, { ...request, token }, cancellation);
      } finally {
        progress?.dispose();
      }
    });
    return measurement as MeasurementOf<K>;
  }

  /** The outputs of a network on given inputs, in the order of `network.outputs`. */
  forward(request: ForwardRequest, limits: Limits = {}): Promise<readonly FloatTensor[]> {
    return this.cancellable(limits, ({ connection }, cancellation) =>
      connection.sendRequest(forwardRequest, request, cancellation),
    );
  }

  /** Ends the child if it runs, and rejects what it was asked. Resolves when no process is left. */
  async dispose(): Promise<void> {
    this.disposed = true;
    clearTimeout(this.idle);
    const { child } = this;
    this.child = undefined;
    await child?.kill();
  }

  /** Asks what takes long: the child is told to stop, and killed when it does not. */
  private async cancellable<T>(
    { signal, timeout }: Limits,
    ask: (child: ProbeChild, cancellation: CancellationToken) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted === true) throw cancelled();
    const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
    const stop = AbortSignal.any([signal, limit].filter((one) => one !== undefined));
    return this.asking(async (child) => {
      const cancellation = new CancellationTokenSource();
      let patience: NodeJS.Timeout | undefined;
      const cancel = () => {
        cancellation.cancel();
        patience = setTimeout(() => void child.kill(), this.options.cancelTimeout ?? 2000);
      };
      stop.addEventListener('abort', cancel, { once: true });
      try {
        return await answerOf(child, ask(child, cancellation.token));
      } catch (error) {
        if (signal?.aborted === true) throw cancelled();
        if (limit?.aborted === true) throw timedOutAfter(timeout);
        throw error;
      } finally {
        stop.removeEventListener('abort', cancel);
        clearTimeout(patience);
        cancellation.dispose();
      }
    });
  }

  private async asking<T>(ask: (child: ProbeChild) => Promise<T>): Promise<T> {
    this.refuseWhenDisposed();
    clearTimeout(this.idle);
    const child = (this.child ??= this.start());
    child.hold(true);
    this.running++;
    try {
      return await ask(child);
    } catch (error) {
      this.refuseWhenDisposed();
      throw asProbeError(error);
    } finally {
      this.running--;
      if (this.running === 0 && this.child === child) this.rest(child);
    }
  }

  private refuseWhenDisposed(): void {
    if (this.disposed) throw new ProbeError({ kind: 'disposed', message: 'GradLens has shut its probes down.' });
  }

  private start(): ProbeChild {
    const { program, backend, nativeDirectory } = this.options;
    const child = new ProbeChild(program, {
      ...(backend !== undefined && { GRADLENS_BACKEND: backend }),
      ...(nativeDirectory !== undefined && { GRADLENS_NATIVE: nativeDirectory }),
    });
    void child.exited.then(() => {
      if (this.child === child) this.child = undefined;
    });
    return child;
  }

  /** An idle child keeps nobody awake, and is stopped after a while. */
  private rest(child: ProbeChild): void {
    child.hold(false);
    this.idle = setTimeout(() => {
      if (this.child === child) this.child = undefined;
      void child.kill();
    }, this.options.idleTimeout ?? 60_000).unref();
  }
}

/** The answer, or the error of a child that ended before it. */
function answerOf<T>(child: ProbeChild, answer: Promise<T>): Promise<T> {
  return Promise.race([answer, child.exited.then((exit) => Promise.reject(died(exit)))]).catch(
    async (error: unknown) => {
      const answered = error instanceof ResponseError && error.code !== ErrorCodes.PendingResponseRejected;
      if (answered || error instanceof ProbeError) throw error;
      // A connection that closes rejects too, and a moment earlier, without knowing why.
      throw died(await child.exited);
    },
  );
}

function died({ exitCode, signal, stderr }: Exit): ProbeError {
  const how = signal === null ? `with code ${String(exitCode)}` : `by ${signal}`;
  const last = stderr.split('\n').at(-1) ?? '';
  return new ProbeError({
    kind: 'childDied',
    message: `The probe process ended ${how} before it answered${last === '' ? '.' : `: ${last}`}`,
    exitCode,
    signal,
    stderr,
  });
}

function isFailure(data: unknown): data is ProbeFailure {
  return typeof data === 'object' && data !== null && 'kind' in data && 'message' in data;
}

function asProbeError(error: unknown): ProbeError {
  if (error instanceof ProbeError) return error;
  if (error instanceof ResponseError && isFailure(error.data)) return new ProbeError(error.data);
  return new ProbeError({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

function cancelled(): ProbeError {
  return new ProbeError({ kind: 'cancelled', message: 'The probe was cancelled.' });
}

function timedOutAfter(timeout: number | undefined): ProbeError {
  const seconds = ((timeout ?? 0) / 1000).toFixed(1);
  return new ProbeError({ kind: 'timedOut', message: `The probe was stopped after ${seconds} seconds.` });
}
