import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildProbeChild } from '../../../scripts/build';
import { ProbeClient, type ProbeClientOptions } from '../../../src/probes/client';
import { ProbeError, type ProbeFailure } from '../../../src/probes/failure';
import type { ProbeProgress } from '../../../src/probes/protocol';
import { Draft, mlp } from './draft';

/** Runs the real, bundled child. */

const small = {
  network: mlp(),
  weights: { kind: 'initial', seed: 1 },
  input: { kind: 'gaussian', seed: 1, batch: 8, shape: [16] },
  loss: { kind: 'crossEntropy', seed: 1 },
} as const;
/** Some seconds of work on wasm. */
const large = {
  ...small,
  network: mlp({ inputs: 512, width: 512, depth: 30, outputs: 512 }),
  input: { ...small.input, shape: [512] },
  probe: 'jacobianSpectrum',
} as const;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (holds()) return;
    await delay(20);
  }
  assert.fail(what);
}

function fails<K extends ProbeFailure['kind']>(
  kind: K,
  check: (failure: Extract<ProbeFailure, { kind: K }>) => void = () => undefined,
) {
  return (error: unknown) => {
    assert.ok(error instanceof ProbeError, String(error));
    assert.equal(error.failure.kind, kind, error.message);
    check(error.failure as Extract<ProbeFailure, { kind: K }>);
    return true;
  };
}

describe('probe client', function () {
  this.timeout(20_000);
  let directory: string;
  let program: string;
  let client: ProbeClient;
  const start = (options: Partial<ProbeClientOptions> = {}) =>
    (client = new ProbeClient({ program, backend: 'wasm', ...options }));

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gradlens-probe-'));
    program = await buildProbeChild(directory);
  });
  after(() => rm(directory, { recursive: true }));
  afterEach(() => client.dispose());

  it('starts the child on first use, and answers both probes', async () => {
    start();
    assert.equal(client.pid, undefined);
    const progress: ProbeProgress[] = [];
    const norms = await client.probe(
      { ...small, probe: 'gradientNorms' },
      { onProgress: (step) => progress.push(step) },
    );
    assert.equal(norms.backend.name, 'wasm');
    assert.ok(norms.activations.every(({ gradientNorm }) => gradientNorm > 0));
    assert.ok(progress.length > 10);
    const { pid } = client;
    const spectrum = await client.probe({ ...small, probe: 'jacobianSpectrum' });
    assert.ok(spectrum.inputOutput.singularValues instanceof Float64Array);
    assert.equal(client.pid, pid);
  });

  it('runs a network forward', async () => {
    start();
    const draft = new Draft();
    draft.input(2);
    draft.linear(2, 1);
    const network = draft.build();
    const weights = { 'm1.weight': Float32Array.of(2, 3), 'm1.bias': Float32Array.of(-1) };
    const inputs = [{ shape: [1, 2], data: Float32Array.of(10, 1) }];
    const outputs = await client.forward({ network, weights, inputs, mode: 'inference' });
    assert.deepEqual(outputs, [{ shape: [1, 1], data: Float32Array.of(22) }]);
    await assert.rejects(
      client.forward({ network, weights: {}, inputs, mode: 'inference' }),
      fails('notProbeable', ({ message }) => assert.match(message, /m1.weight/)),
    );
  });

  it('says which backend it took, and why not a better one', async () => {
    start();
    assert.deepEqual((await client.backend()).refused, []);
    await client.dispose();
    client = new ProbeClient({ program, nativeDirectory: directory });
    const { name, refused } = await client.backend();
    assert.equal(name, 'wasm');
    assert.equal(refused[0]?.name, 'tensorflow');
    assert.match(refused[0].reason, /Cannot find module/);
  });

  it('takes cpu where the wasm files are missing', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'gradlens-bare-'));
    const alone = await buildProbeChild(bare);
    for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) await rm(join(bare, file));
    client = new ProbeClient({ program: alone, nativeDirectory: bare });
    const { name, refused } = await client.backend();
    assert.equal(name, 'cpu');
    assert.deepEqual(
      refused.map((one) => one.name),
      ['tensorflow', 'wasm'],
    );
    assert.ok((await client.probe({ ...small, probe: 'gradientNorms' })).loss > 0);
    await rm(bare, { recursive: true });
  });

  it('passes on what the child refuses, and the child lives on', async () => {
    start();
    await assert.rejects(
      client.probe({ ...small, probe: 'gradientNorms', weights: { kind: 'values', values: {} } }),
      fails('notProbeable', ({ message, span }) => {
        assert.match(message, /no values were given/);
        assert.equal(span?.file, 'net.py');
      }),
    );
    const { pid } = client;
    await client.probe({ ...small, probe: 'gradientNorms' });
    assert.equal(client.pid, pid);
  });

  it('cancels within 200 ms, and the next probe runs in the same child', async () => {
    start();
    await client.backend();
    const { pid } = client;
    const abort = new AbortController();
    let aborted = 0;
    const running = client.probe(large, { signal: abort.signal });
    setTimeout(() => {
      aborted = performance.now();
      abort.abort();
    }, 300);
    await assert.rejects(running, fails('cancelled'));
    const latency = performance.now() - aborted;
    assert.ok(latency < 200, `${latency.toFixed(0)} ms`);
    await client.probe({ ...small, probe: 'gradientNorms' });
    assert.equal(client.pid, pid);
    await assert.rejects(client.probe(large, { signal: abort.signal }), fails('cancelled'));
  });

  it('cancels a probe that waits behind another', async () => {
    start();
    const first = client.probe(large, { signal: AbortSignal.timeout(600) });
    const abort = new AbortController();
    const second = client.probe({ ...small, probe: 'gradientNorms' }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await assert.rejects(first, fails('cancelled'));
    await assert.rejects(second, fails('cancelled'));
  });

  it('stops a probe that takes too long', async () => {
    start();
    await assert.rejects(client.probe(large, { timeout: 400 }), fails('timedOut'));
  });

  it('reports a child that was killed, repeats nothing, and starts a new one for the next', async () => {
    start();
    await client.backend();
    const { pid } = client;
    const running = client.probe(large);
    setTimeout(() => process.kill(pid!, 'SIGKILL'), 200);
    await assert.rejects(
      running,
      fails('childDied', ({ signal, message }) => {
        assert.equal(signal, 'SIGKILL');
        assert.match(message, /ended by SIGKILL before it answered/);
      }),
    );
    assert.equal(client.pid, undefined);
    await client.probe({ ...small, probe: 'gradientNorms' });
    assert.notEqual(client.pid, pid);
  });

  it('reports a program that cannot run, with its last words', async () => {
    start({ program: join(directory, 'missing.js') });
    await assert.rejects(
      client.backend(),
      fails('childDied', ({ exitCode, stderr }) => {
        assert.equal(exitCode, 1);
        assert.match(stderr, /Cannot find module/);
      }),
    );
  });

  it('kills a child that does not answer a cancellation, even one that ignores SIGTERM', async () => {
    const deaf = join(directory, 'deaf.js');
    await writeFile(deaf, "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);");
    start({ program: deaf, cancelTimeout: 200 });
    const abort = new AbortController();
    const running = client.probe({ ...small, probe: 'gradientNorms' }, { signal: abort.signal });
    const { pid } = client;
    setTimeout(() => abort.abort(), 300);
    await assert.rejects(running, fails('cancelled'));
    assert.equal(isAlive(pid!), false);
  });

  it('stops an idle child', async () => {
    start({ idleTimeout: 100 });
    await client.backend();
    const { pid } = client;
    await eventually(() => !isAlive(pid!), 'the idle child still runs');
    assert.equal(client.pid, undefined);
    await client.backend();
    assert.notEqual(client.pid, pid);
  });

  it('ends with its parent, however that ended', async () => {
    start();
    const parent = join(directory, 'parent.js');
    const fork = `require('child_process').fork(${JSON.stringify(program)}, [], { serialization: 'advanced' })`;
    await writeFile(parent, `console.log(${fork}.pid); setInterval(() => {}, 1000);`);
    const parentProcess = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = (await once(parentProcess.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    assert.ok(isAlive(pid));
    parentProcess.kill('SIGKILL');
    await eventually(() => !isAlive(pid), 'the child outlived its parent');
  });

  it('leaves nothing running when disposed of, and rejects what ran', async () => {
    start();
    await client.backend();
    const { pid } = client;
    const running = client.probe(large);
    const rejected = assert.rejects(running, fails('disposed'));
    await delay(100);
    await client.dispose();
    assert.equal(isAlive(pid!), false);
    await rejected;
    await assert.rejects(client.backend(), fails('disposed'));
  });
});
