import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

/** How a child process ended. */
export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines that it wrote to its standard error. */
  readonly stderr: string;
}

/** Between SIGTERM, which a child that computes does heed, and SIGKILL, in milliseconds. */
const TERM_GRACE = 500;
const STDERR_KEPT = 4000;

/** A running probe child and the connection to it. */
export class ProbeChild {
  readonly connection: MessageConnection;
  /** Resolves when the process has ended, or could not be started. */
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;
  private stderr = '';
  private ended = false;

  constructor(program: string, environment: Readonly<Record<string, string>>) {
    this.process = fork(program, [], {
      env: { ...process.env, ...environment },
      // Not the parent's: a debugger's port or a loader is none of the child's business.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
    });
    this.exited = new Promise((resolve) => {
      const end = (exitCode: number | null, signal: string | null) => {
        this.ended = true;
        resolve({ exitCode, signal, stderr: this.stderr.trim() });
      };
      // `close` waits for the last lines on standard error.
      this.process.once('close', end);
      this.process.once('error', (error) => {
        this.stderr += error.message;
        if (this.process.pid === undefined) end(null, null);
      });
    });
    this.connection = createMessageConnection(new IPCMessageReader(this.process), new IPCMessageWriter(this.process));
    // A message that cannot be delivered is a child that ended; `exited` tells.
    this.connection.onError(() => undefined);
    this.connection.listen();
  }

  /** Undefined when it has ended. */
  get pid(): number | undefined {
    return this.ended ? undefined : this.process.pid;
  }

  /** Whether the running child keeps the parent's event loop alive. */
  hold(held: boolean): void {
    const { channel, stderr } = this.process;
    const method = held ? 'ref' : 'unref';
    this.process[method]();
    channel?.[method]();
    // The pipe is a socket, whatever its type says.
    if (stderr !== null && method in stderr) (stderr as unknown as Record<typeof method, () => void>)[method]();
  }

  /** Ends the process: SIGTERM, and SIGKILL if it still runs a little later. */
  async kill(): Promise<void> {
    if (this.ended) return;
    this.hold(true);
    this.connection.dispose();
    this.process.kill('SIGTERM');
    const stop = new AbortController();
    const grace = delay(TERM_GRACE, undefined, { signal: stop.signal }).then(
      () => this.process.kill('SIGKILL'),
      () => undefined,
    );
    await this.exited;
    stop.abort();
    await grace;
  }
}
