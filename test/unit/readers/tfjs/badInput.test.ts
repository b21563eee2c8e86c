import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { isKnown, type Network } from '../../../../src/network';
import type { Reader } from '../../../../src/readers';
import { propagate } from '../../../../src/theory';
import { sharedReader } from '../support/reader';

const folders = [resolve(__dirname, '../../../../examples'), join(__dirname, 'models'), join(__dirname, '../golden')];
const sources = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(js|ts)$/.test(name))
    .map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })),
);
const anySource = fc.constantFrom(...sources);
/** Nobody waits longer than this for a text of a hundred lines. A machine under load is given some room. */
const longest = 250;

let reader: Reader;
before(async () => {
  reader = await sharedReader();
  for (const source of sources) {
    await reader.prepare(source);
    // The first readings compile the code.
    reader.read(source);
  }
});

/** Read, and check what must hold of every network whatever the text. */
function read(file: string, text: string): readonly Network[] {
  const start = process.cpuUsage();
  const { networks } = reader.read({ file, text });
  const { user } = process.cpuUsage(start);
  assert.ok(user / 1000 < longest, `${user / 1000} ms`);
  assert.equal(new Set(networks.map(({ name }) => name)).size, networks.length);
  for (const network of networks) {
    checkNetwork(network, text);
    propagate(network);
  }
  return networks;
}

function checkNetwork({ nodes, inputs, outputs, parameters, span }: Network, text: string): void {
  const paths = new Set(parameters.map((parameter) => parameter.path));
  assert.equal(paths.size, parameters.length);
  assert.ok(span.end.offset <= text.length);
  for (const [index, node] of nodes.entries()) {
    assert.equal(node.id, index);
    assert.ok(node.inputs.every((input) => input < index));
    for (const [field, value] of Object.entries(node.op))
      if (['weight', 'bias', 'scale', 'shift', 'slope', 'inputWeight', 'recurrentWeight'].includes(field))
        assert.ok(paths.has(String(value)), `${field} ${String(value)}`);
  }
  for (const id of [...inputs, ...outputs]) assert.ok(nodes[id]);
  for (const { shape } of parameters)
    for (const size of shape) if (isKnown(size)) assert.ok(Number.isInteger(size) && size >= 0, String(size));
}

describe('bad input in JavaScript', () => {
  it('cuts every source off anywhere: no crash, no hang, no network that does not hold together', () => {
    fc.assert(
      fc.property(anySource, fc.double({ min: 0, max: 1, noNaN: true }), ({ file, text }, share) => {
        read(file, text.slice(0, Math.floor(text.length * share)));
      }),
      { numRuns: 150 },
    );
  });

  it('survives pieces taken out, put in twice, and characters mistyped', () => {
    const insert = fc.constantFrom(
      '', '(', ')', '{', '}', '[', ']', ';', '`', '${', '=>', '...', '"', "'", '-1', '1e9', '0', 'null', 'NaN', '0.5', 'undefined',
      'this', 'while (true) ', 'model', 'await ', '?.', '\n', '/*', '//', 'é😀', 'units: -3, ', 'x.', ' = ', 'tf.layers', 'new ',
    ); // prettier-ignore
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(60), insert });
    fc.assert(
      fc.property(anySource, fc.array(edit, { minLength: 1, maxLength: 4 }), ({ file, text }, edits) => {
        let edited = text;
        for (const { at, length, insert: added } of edits) {
          const start = Math.floor(edited.length * at);
          edited = edited.slice(0, start) + added + edited.slice(start + length);
        }
        read(file, edited);
      }),
      { numRuns: 300 },
    );
  });

  it('is not held up by code that is made for it', () => {
    const head = "const tf = require('@tensorflow/tfjs');\n";
    for (const text of [
      'const m = tf.sequential(); while (true) m.add(tf.layers.dense({ units: 2, inputShape: [2] }));',
      'const m = tf.sequential(); m.add(m); m.compile({ loss: "meanSquaredError" });',
      'const m = tf.sequential({ layers: [tf.layers.dense({ units: -3, inputShape: [-1] }), tf.layers.flatten()] });',
      'const m = tf.sequential({ layers: [tf.layers.dense({ units: 1e300, inputShape: [1e300] })] });',
      'let x = tf.input({ shape: [4] }); for (;;) x = tf.layers.add().apply([x, x]); tf.model({ inputs: x, outputs: x });',
      'const f = (n) => tf.sequential({ layers: f(n + 1) }); f(0);',
      'class A extends A { } new A(); class B extends tf.layers.Layer { build() { while (1); } call(x) { return x; } } tf.sequential({ layers: [new B({ inputShape: [3] })] });',
      'const o = {}; o.o = o; tf.sequential({ layers: [tf.layers.dense({ ...o, units: o, kernelInitializer: o })] });',
      'let s = "tf"; for (let i = 0; i < 1e9; i++) s += s; tf.sequential();',
      'const a = [tf.sequential]; for (const f of a) a.push(f); a.forEach((f) => f());',
      `const a = ${'['.repeat(3000)}${']'.repeat(3000)}; tf.sequential();`,
      'if (x) { if (y) { if (z) { for (const a of b) { for (const c of d) { while (e) { tf.sequential().add(f); } } } } } }'.repeat(
        20,
      ),
    ])
      read('hostile.js', head + text);
  });

  it('gives nothing for an empty file, and for one without tfjs', () => {
    for (const text of ['', '\n', '// tf', 'export const layers = [1];\n'])
      assert.deepEqual(reader.read({ file: 'empty.js', text }), { networks: [], notes: [] });
  });

  it('reads a file of 20,000 lines within a bound, and says so where it is too long', () => {
    const text = sources.find(({ file }) => file === 'tfjs_deep_sigmoid.js')?.text ?? '';
    const start = performance.now();
    reader.read({ file: 'long.js', text: `${text}\n`.repeat(20_000 / text.split('\n').length) });
    assert.ok(performance.now() - start < 5_000);
    const endless = reader.read({ file: 'endless.js', text: "require('@tensorflow/tfjs');\n".repeat(100_000) });
    assert.match(endless.notes[0]?.message ?? '', /too long/);
  });
});
