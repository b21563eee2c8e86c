import { Channel } from '../src/panels/channel';
import { hostMessages, type HostMessage, type PageMessage, type PanelSnapshot } from '../src/panels/messages';

declare global {
  function acquireVsCodeApi(): { postMessage(message: unknown): void };
}

export type HostChannel = Channel<HostMessage, PageMessage>;

/** The extension, where the page runs in its panel; undefined where it is a report of its own. */
export function connectHost(): HostChannel | undefined {
  if (typeof globalThis.acquireVsCodeApi !== 'function') return undefined;
  const api = globalThis.acquireVsCodeApi();
  const channel: HostChannel = new Channel<HostMessage, PageMessage>(
    {
      post: (message) => api.postMessage(message),
      listen: (receive) => window.addEventListener('message', (event: MessageEvent<unknown>) => receive(event.data)),
    },
    hostMessages,
    (stray) => channel.post({ kind: 'failed', message: `The host sent what is no message: ${JSON.stringify(stray)}` }),
  );
  window.addEventListener('error', ({ message }) => channel.post({ kind: 'failed', message }));
  window.addEventListener('unhandledrejection', ({ reason }) =>
    channel.post({ kind: 'failed', message: String(reason) }),
  );
  return channel;
}

/** The models that a report brings with it. */
export function embeddedSnapshots(): readonly PanelSnapshot[] {
  const data = document.getElementById('snapshots')?.textContent;
  return data === undefined ? [] : (JSON.parse(data) as readonly PanelSnapshot[]);
}
