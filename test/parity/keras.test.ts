import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../../src/probes/child/backend';
import { forward } from '../../src/probes/child/forward';
import { createReader, type Reader } from '../../src/readers';
import { readModelJson } from '../../src/readers/modelJson/read';
import { SourceText } from '../../src/readers/text/source';
import { readerFiles } from '../unit/readers/support/reader';
import { askPython } from './python';

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Variable = Values & { readonly path: string };

/** One model as Keras makes it, and what it gives for one batch. */
interface Made {
  readonly name: string;
  /** As JSON, where it has one. */
  readonly configuration: string | null;
  readonly trained: readonly Variable[];
  readonly untrained: readonly Variable[];
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
}

const file = join(__dirname, 'keras', 'models.py');
const tolerance = 1e-4;

describe('what is read of a Keras model, against Keras', function () {
  this.timeout(300_000);
  let made: readonly Made[];
  let reader: Reader;
  before(async () => {
    made = await askPython<readonly Made[]>('keras/dump.py');
    reader = await createReader(readerFiles);
    await loadBackend({ GRADLENS_BACKEND: 'cpu' });
  });

  it('holds for every model: paths, shapes and order of the variables, and the output of a batch', async () => {
    const wrong: string[] = [];
    for (const model of made) wrong.push(...(await problemsOf(model, fromSource(model, reader))));
    assert.deepEqual(wrong, []);
    assert.ok(made.length >= 20);
  });

  it('holds for their configurations as well, but for layers that are said not to be understood', async () => {
    const wrong: string[] = [];
    let exact = 0;
    for (const model of made) {
      if (model.configuration === null) continue;
      const read = readModelJson(new SourceText('model.json', model.configuration));
      if (read.networks.some(({ nodes }) => nodes.some(({ op }) => op.kind === 'opaque'))) continue;
      wrong.push(...(await problemsOf(model, read)));
      exact++;
    }
    assert.deepEqual(wrong, []);
    assert.ok(exact >= 14, String(exact));
  });
});

type Read = Pick<ReturnType<Reader['read']>, 'networks' | 'notes'>;

function fromSource({ name }: Made, reader: Reader): Read {
  return reader.read({ file, text: readFileSync(file, 'utf8'), model: `${name}()`, timeLimit: 10_000 });
}

async function problemsOf(
  { name, trained, untrained, inputs, outputs }: Made,
  { networks, notes }: Read,
): Promise<string[]> {
  const [network] = networks;
  if (!network) return [`${name}: not read: ${notes.map(({ message }) => message).join('; ')}`];
  const spelled = (
    variables: readonly { readonly path: string; readonly shape: readonly unknown[] | undefined }[],
  ): string => variables.map(({ path, shape }) => `${path} ${shape?.join('×') ?? '?'}`).join(', ');
  const told = spelled(network.parameters);
  if (told !== spelled(trained)) return [`${name}: parameters are ${spelled(trained)}, not ${told}`];
  const buffers = network.buffers ?? [];
  const missing = buffers.filter(({ path }) => !untrained.some((one) => one.path === path));
  if (missing.length > 0) return [`${name}: there are no buffers ${spelled(missing)}`];
  const weights = Object.fromEntries(
    [...trained, ...untrained].map(({ path, data }) => [path, Float32Array.from(data)]),
  );
  try {
    const given = inputs.map(({ shape, data }) => ({ shape: [...shape], data: Float32Array.from(data) }));
    const computed = await forward(network, weights, given);
    return outputs.flatMap(({ shape, data }, at) => {
      const own = computed[at];
      if (own?.shape.join() !== shape.join())
        return [`${name}: output ${at} is ${own?.shape.join('×') ?? '?'}, not ${shape.join('×')}`];
      const off = Math.max(...data.map((value, place) => Math.abs(value - (own.data[place] ?? NaN))));
      return off < tolerance ? [] : [`${name}: output ${at} is off by ${off}`];
    });
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
}
