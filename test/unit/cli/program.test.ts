import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildCommandLine } from '../../../scripts/build';

const example = (name: string): string => resolve(__dirname, '..', '..', '..', 'examples', name);

/** Too much for a probe that is to be interrupted. */
const large = `from torch import nn

model = nn.Sequential(*[layer for _ in range(60) for layer in (nn.Linear(900, 900), nn.ReLU())])
`;

describe('the program gradlens', function () {
  this.timeout(60_000);
  let directory: string;
  let program: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gradlens-'));
    program = await buildCommandLine(join(directory, 'dist'));
  });
  after(() => rm(directory, { recursive: true }));

  function start(args: readonly string[]) {
    return spawn(process.execPath, [program, ...args], { stdio: 'pipe', env: { ...process.env, FORCE_COLOR: '' } });
  }

  async function gradlens(args: readonly string[], input = '') {
    const child = start(args);
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { stdout, stderr, code };
  }

  it('check --fix writes what is proven; --write-baseline and --baseline leave out what is known', async () => {
    const model = join(directory, 'deep.py');
    const baseline = join(directory, 'known.json');
    const sick = await readFile(example('deep_tanh_mlp.py'), 'utf8');
    await writeFile(model, sick);
    assert.equal((await gradlens(['check', model, '--write-baseline', baseline])).code, 0);
    const known = await gradlens(['check', model, '--baseline', baseline, '--fix']);
    assert.equal(known.code, 0);
    assert.equal(await readFile(model, 'utf8'), sick);
    const mended = await gradlens(['check', model, '--fix']);
    assert.equal(mended.code, 0);
    assert.match(mended.stderr, /mended: Xavier-normal for 30 Linear layers: gradient over depth \S+ → 0\.\d+/);
    assert.match(await readFile(model, 'utf8'), /xavier_normal_/);
    assert.equal((await gradlens(['check', model, '--baseline', model])).code, 2);
    assert.equal((await gradlens(['check', '-', '--fix'])).code, 2);
  });

  it('check: 1 where something was found, 0 where not, 2 where it could not', async () => {
    const bad = await gradlens(['check', example('deep_tanh_mlp.py')]);
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /vanishing-gradient/);
    assert.ok(!bad.stdout.includes('\u001b'));
    assert.equal((await gradlens(['check', example('relu_mlp_he.py')])).code, 0);
    assert.deepEqual(await gradlens(['check', 'gone.py']), {
      stdout: '',
      stderr: 'gradlens: gone.py does not exist.\n',
      code: 2,
    });
    for (const wrong of [
      ['check'],
      ['check', '-', '--format', 'xml'],
      ['check', '-', '--rule', 'no-rule=off'],
      ['dance'],
    ])
      assert.equal((await gradlens(wrong)).code, 2, wrong.join(' '));
  });

  it('check: takes the severities of rules', async () => {
    const source = await readFile(example('softmax_before_loss.py'), 'utf8');
    const rule = 'softmax-before-cross-entropy';
    assert.equal((await gradlens(['check', '-'], source)).code, 1);
    const remark = await gradlens(['check', '-', '--rule', `${rule}=information`], source);
    assert.equal(remark.code, 0);
    assert.match(remark.stdout, /<stdin>:\d+:\d+ {2}information/);
    assert.match((await gradlens(['check', '-', '--rule', `${rule}=off`], source)).stdout, /Nothing found/);
  });

  it('weights: lists a checkpoint, matches it to a model, and refuses what is none', async () => {
    const written = (name: string): string => resolve(__dirname, '..', 'checkpoints', 'fixtures', 'written', name);
    const keras = await gradlens(['weights', written('dense.keras'), '--statistics']);
    assert.equal(keras.code, 0, keras.stderr);
    assert.match(keras.stdout, /Keras model · \d+ tensors · 14 parameters · 6 in buffers/);
    assert.match(keras.stdout, /layers\/dense\/vars\/0 +3×2 +float32 +mean \S+ {2}std/);
    const model = `from torch import nn

class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 5, bias=False)
        self.body = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4))

    def forward(self, x):
        return self.body(self.first(x))

model = Tied()
`;
    const matched = await gradlens(['weights', written('training.ckpt'), '-'], model);
    assert.equal(matched.code, 1);
    assert.match(matched.stdout, /body\.0\.weight: 3×5 instead of 4×5; axis 0 is 3 instead of 4/);
    const whole = await gradlens(['weights', written('whole_model.pt'), '--format', 'json']);
    assert.equal(whole.code, 1);
    const report = JSON.parse(whole.stdout) as { readonly notes: readonly { readonly message: string }[] };
    assert.match(report.notes[0]?.message ?? '', /would call __main__\.Tied/);
    const none = await gradlens(['weights', example('simple_cnn.py')]);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /simple_cnn\.py: it is no checkpoint of a known format\.\n$/);
  });

  it('probe: measures what was predicted, and writes a report that holds everything', async () => {
    const report = join(directory, 'new', 'report.html');
    const file = example('deep_tanh_mlp.py');
    const { stdout, stderr, code } = await gradlens([
      'probe',
      file,
      '--backend',
      'wasm',
      '--format',
      'json',
      '--html',
      report,
      '--seed',
      '3',
    ]);
    assert.equal(code, 0, stderr);
    const { models } = JSON.parse(stdout) as {
      readonly models: readonly {
        readonly depth: { readonly predictedGainPerLayer: number; readonly measuredGainPerLayer: number };
      }[];
    };
    const depth = models[0]?.depth;
    assert.ok(depth);
    assert.ok(Math.abs(depth.measuredGainPerLayer / depth.predictedGainPerLayer - 1) < 0.03, JSON.stringify(depth));
    const html = await readFile(report, 'utf8');
    assert.match(html, /DeepTanhMLP/);
    assert.doesNotMatch(html, /<(script|link|img)[^>]+(src|href)=/);
  });

  it('probe: says what is missing', async () => {
    const two = 'from torch import nn\na = nn.Sequential(nn.Linear(2, 2))\nb = nn.Sequential(nn.Linear(2, 2))\n';
    const several = await gradlens(['probe', '-'], two);
    assert.deepEqual(
      [several.code, several.stderr],
      [2, 'gradlens: <stdin> holds 2 models; choose one by --model: a, b.\n'],
    );
    const wrong = await gradlens(['probe', '-', '--model', 'c'], two);
    assert.match(wrong.stderr, /holds no model ‘c’ but: a, b\./);
    const shape = await gradlens(['probe', '-', '--model', 'a', '--input', '5'], two);
    assert.match(shape.stderr, /The model takes B×2/);
    assert.match((await gradlens(['probe', '-', '--seed', '-1'], two)).stderr, /whole number from 0/);
  });

  it('probe: Ctrl-C ends it at once and leaves no process', async function () {
    // Its child is found by /proc.
    if (process.platform !== 'linux') this.skip();
    const file = join(directory, 'large.py');
    await writeFile(file, large);
    const child = start(['probe', file, '--backend', 'wasm']);
    const probe = await childOf(child.pid);
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill('SIGINT');
    const started = Date.now();
    const [code] = await closed;
    assert.equal(code, 130);
    assert.ok(Date.now() - started < 5000);
    assert.throws(() => process.kill(probe, 0), { code: 'ESRCH' });
  });

  it('rules: lists them all', async () => {
    assert.match((await gradlens(['rules'])).stdout, /^vanishing-gradient +error +/m);
  });
});

/** The process that a process has started, as soon as there is one (Linux). */
async function childOf(pid: number | undefined): Promise<number> {
  for (let tries = 0; tries < 400; tries += 1) {
    const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
    const child = Number(children.trim().split(' ')[0]);
    if (child > 0) return child;
    await new Promise((wait) => setTimeout(wait, 25));
  }
  throw new Error('No process was started.');
}
