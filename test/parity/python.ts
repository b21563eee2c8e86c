import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { pythonPath } from '../../scripts/python';

/** Ask a script of this folder: the request goes in as JSON, the answer comes out as JSON. @throws Error where it fails. */
export async function askPython<Answer>(script: string, request?: unknown): Promise<Answer> {
  const { child, ended } = await start(script, request);
  const answer = await text(child.stdout);
  await ended;
  return JSON.parse(answer) as Answer;
}

/** As `askPython`, for a script that answers with a line of JSON at a time, as soon as it knows one. */
export async function* streamPython<Answer>(script: string, request: unknown): AsyncGenerator<Answer> {
  const { child, ended } = await start(script, request);
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Answer;
    await ended;
  } finally {
    child.kill();
  }
}

async function start(script: string, request: unknown) {
  const child = spawn(await pythonPath(), [join(__dirname, script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PYTHONPATH: __dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      // Threads that wait for each other by computing take many times as long where others compute as well.
      OMP_WAIT_POLICY: 'PASSIVE',
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${script} ended with ${signal ?? `code ${code ?? '?'}`}; see above.`));
    });
  });
  // Who stops listening early does not wait for the end.
  ended.catch(() => undefined);
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(request ?? null));
  return { child, ended };
}
