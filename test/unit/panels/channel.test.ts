import assert from 'node:assert/strict';
import { Channel, ChannelClosed } from '../../../src/panels/channel';
import { pageMessages, type HostMessage, type PageMessage } from '../../../src/panels/messages';

function open() {
  const sent: unknown[] = [];
  const strays: unknown[] = [];
  let deliver: (message: unknown) => void = () => undefined;
  const channel = new Channel<PageMessage, HostMessage>(
    { post: (message) => void sent.push(message), listen: (receive) => void (deliver = receive) },
    pageMessages,
    (stray) => void strays.push(stray),
  );
  return { channel, sent, strays, deliver: (message: unknown) => deliver(message) };
}

describe('Channel', () => {
  it('hands on what is a message and gives the rest to the log', () => {
    const { channel, strays, deliver } = open();
    const got: PageMessage[] = [];
    channel.onMessage((message) => void got.push(message));
    deliver({ kind: 'reveal', node: 3 });
    const wrong = [null, 'ready', { kind: 'dance' }, { kind: 'reveal', node: '3' }, { kind: 'toString' }, {}];
    for (const message of wrong) deliver(message);
    assert.deepEqual(got, [{ kind: 'reveal', node: 3 }]);
    assert.deepEqual(strays, wrong);
  });

  it('waits for the next message of a kind', async () => {
    const { channel, deliver } = open();
    const next = channel.next('probe');
    deliver({ kind: 'ready' });
    deliver({ kind: 'probe', again: true });
    deliver({ kind: 'probe', again: false });
    assert.deepEqual(await next, { kind: 'probe', again: true });
  });

  it('rejects who waits, and sends no more, once it is closed', async () => {
    const { channel, sent, deliver } = open();
    const got: PageMessage[] = [];
    channel.onMessage((message) => void got.push(message));
    const waiting = channel.next('ready');
    channel.close();
    await assert.rejects(waiting, ChannelClosed);
    await assert.rejects(channel.next('ready'), ChannelClosed);
    channel.post({ kind: 'mark', nodes: [] });
    deliver({ kind: 'ready' });
    assert.deepEqual([sent, got], [[], []]);
  });
});
