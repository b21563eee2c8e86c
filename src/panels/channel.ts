import type { MessageGuards } from './messages';

/** The way to the other side: `vscode.Webview` on one, `acquireVsCodeApi()` and the window's messages on the other. */
export interface Port {
  post(message: unknown): void;
  /** Calls back with every message that comes. */
  listen(receive: (message: unknown) => void): void;
}

interface Message {
  readonly kind: string;
}
type OfKind<M extends Message, K extends M['kind']> = Extract<M, { kind: K }>;

export class ChannelClosed extends Error {
  constructor() {
    super('The panel was closed.');
    this.name = 'ChannelClosed';
  }
}

/** Typed messages over a port; host and page use the same. What is not a message of `Incoming` goes to `stray`. */
export class Channel<Incoming extends Message, Outgoing extends Message> {
  private readonly listeners = new Set<(message: Incoming) => void>();
  private readonly waiting = new Set<(error: Error) => void>();
  private closed = false;

  constructor(
    private readonly port: Port,
    guards: MessageGuards<Incoming>,
    stray: (message: unknown) => void,
  ) {
    port.listen((message) => {
      if (!isMessage(message, guards)) {
        stray(message);
        return;
      }
      for (const listener of [...this.listeners]) listener(message);
    });
  }

  /** Sends, unless the channel is closed: then nobody is left to hear. */
  post(message: Outgoing): void {
    if (!this.closed) this.port.post(message);
  }

  /** @returns stops listening. */
  onMessage(listener: (message: Incoming) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The next message of a kind. Rejects with {@link ChannelClosed} when the channel is closed first. */
  next<K extends Incoming['kind']>(kind: K): Promise<OfKind<Incoming, K>> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new ChannelClosed());
        return;
      }
      const settle = () => {
        stop();
        this.waiting.delete(fail);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const stop = this.onMessage((message) => {
        if (!isOfKind<Incoming, K>(message, kind)) return;
        settle();
        resolve(message);
      });
      this.waiting.add(fail);
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const fail of [...this.waiting]) fail(new ChannelClosed());
    this.listeners.clear();
  }
}

function isMessage<M extends Message>(value: unknown, guards: MessageGuards<M>): value is M {
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') return false;
  const { kind } = value;
  if (!Object.hasOwn(guards, kind)) return false;
  return guards[kind as M['kind']](value);
}

function isOfKind<M extends Message, K extends M['kind']>(message: M, kind: K): message is OfKind<M, K> {
  return message.kind === kind;
}
