import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  createClientPipeTransport,
  createMessageConnection,
  generateRandomPipeName,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { desktopVscode } from './desktop';
import { serverVscode } from './server';
import { cleanUp, prepare, type Photographer, type Session, type Start, type Vscode } from './session';
import { finished, output, pipeVariable, takePicture } from './wire';

const root = resolve(__dirname, '..', '..');
const pictures = join(root, 'out', 'pictures');
const limitMs = 15 * 60_000;

/** The VS Code that tests run in on this machine; says which, and why not another. */
async function chooseVscode(): Promise<Vscode> {
  const desktop = await desktopVscode();
  if (typeof desktop !== 'string') return desktop;
  console.log(`No desktop VS Code, for ${desktop}.`);
  return serverVscode();
}

/** Runs the tests in a real VS Code, prints what they print and takes their pictures. Throws where a test failed. */
export async function runSession(start: Start): Promise<void> {
  const vscode = await chooseVscode();
  console.log(`Testing in ${vscode.name}.`);
  const pipe = generateRandomPipeName();
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const session = await prepare(
    { ...start, env: { ...start.env, ...colour, [pipeVariable]: pipe } },
    join(root, 'examples'),
  );
  await mkdir(pictures, { recursive: true });
  for (const old of await readdir(pictures)) if (old.startsWith('failed-')) await rm(join(pictures, old));

  let photographer: Photographer | undefined;
  let failures: number | undefined;
  // In the words of vscode-jsonrpc the client is the side that opens the pipe.
  const transport = await createClientPipeTransport(pipe);
  let connection: MessageConnection | undefined;
  void transport.onConnected().then((ends) => {
    connection = createMessageConnection(...ends);
    connection.onNotification(output, (text) => console.log(text));
    connection.onNotification(finished, (count) => (failures = count));
    connection.onRequest(takePicture, async (name) => {
      if (photographer === undefined) return null;
      const file = join(pictures, `${name}.png`);
      await photographer(file);
      return file;
    });
    connection.listen();
  });

  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  // Nobody reads any more (`| head`).
  process.stdout.on('error', onSignal);
  const timer = setTimeout(onSignal, limitMs);
  // Npm dies of a signal without handing it on: an orphan ends itself.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid === parent || onSignal(), 1000);
  try {
    await vscode.run(session, stop.signal, (ready) => (photographer = ready));
  } catch (error) {
    // A failed test has been printed; anything else is told with the server's last words.
    const told = failures === undefined ? `${String(error)}\n${await lastWords(session)}` : `${failures} tests failed.`;
    throw new Error(told, { cause: error });
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    connection?.dispose();
    await cleanUp(session);
  }
  if (failures === undefined) throw new Error('VS Code ended without having run the tests.');
}

async function lastWords({ home }: Session): Promise<string> {
  try {
    return (await readFile(join(home, 'server.log'), 'utf8')).split('\n').slice(-20).join('\n');
  } catch {
    return '';
  }
}
