import assert from 'node:assert/strict';
import { runInThisContext } from 'node:vm';
import { Deadline } from '../../../../src/readers/evaluation/deadline';
import { defaultLimits } from '../../../../src/readers/evaluation/limits';
import { GrammarParser } from '../../../../src/readers/text/grammar';
import { SourceText } from '../../../../src/readers/text/source';
import { Interpreter } from '../../../../src/readers/javascript/interpreter';
import { globalValue } from '../../../../src/readers/javascript/library/globals';
import { Modules } from '../../../../src/readers/javascript/modules';
import { JavaScriptParser } from '../../../../src/readers/javascript/parser';
import type { Value } from '../../../../src/readers/javascript/values';
import { readerFiles } from '../support/reader';

let javascript: JavaScriptParser;
let typescript: JavaScriptParser;
before(async () => {
  const treeSitter = readerFiles.treeSitterWasm;
  const load = async (grammar: string): Promise<JavaScriptParser> =>
    new JavaScriptParser(await GrammarParser.create({ treeSitter, grammar }));
  javascript = await load(readerFiles.grammar('javascript'));
  typescript = await load(readerFiles.grammar('typescript'));
});

/** The variable `result` after the code, as plain data; what is not known is its symbol between question marks. */
function result(text: string, files: Readonly<Record<string, string>> = {}, parser = javascript): unknown {
  const source = new SourceText('/work/main.js', text);
  const modules = new Modules((imported) => parser.parseImported(imported), {
    roots: ['/work'],
    read: (path) => files[path],
  });
  const host = { importModule: () => undefined, global: globalValue, progress: () => 0 };
  const start = { source, start: 0, end: 0 };
  const interpreter = new Interpreter(host, modules, defaultLimits, new Deadline(2000), start);
  const scope = modules.newScope(interpreter, source);
  interpreter.execute(parser.parse(source).syntax.body, scope);
  const value = scope.find('result');
  return value && plain(value);
}

function plain(value: Value): unknown {
  switch (value.type) {
    case 'undefined':
      return undefined;
    case 'null':
      return null;
    case 'boolean':
    case 'number':
    case 'string':
      return value.value;
    case 'array':
      return value.taint ? `?${value.taint.symbol}?` : value.items.map(plain);
    case 'object':
      return Object.fromEntries([...value.properties.entries()].map(([name, one]) => [name, plain(one)]));
    case 'unknown':
      return `?${value.symbol}?`;
    default:
      return value.type;
  }
}

/** JavaScript's own answer to the same code. */
const real = (text: string): unknown => runInThisContext(`(() => { ${text}; return result; })()`);

describe('JavaScript, evaluated without being run', () => {
  // Each must give what the language itself gives.
  const programs: Readonly<Record<string, string>> = {
    arithmetic: 'const result = [1 + 2 * 3 ** 2, 7 % 4, -7 / 2, 5 >> 1, 6 & 3, ~4, "a" + 1, 1 + "2", +"3", typeof "x"]',
    'template literals': 'const n = 3; const result = `layer_${n + 1}_${"ab".toUpperCase()}`',
    'spread and rest':
      'const [a, , b = 5, ...c] = [1, 2, undefined, 4, 6]; const {x, y: {z = 9}, ...o} = {x: 1, y: {}, p: 2, q: 3}; const result = [a, b, c, x, z, o, [...c, ...[7]], {...o, q: 4}]',
    'functions with defaults':
      'function f(a, b = a * 2, ...rest) { return [a, b, rest.length]; } const result = [f(1), f(1, 3, 4, 5), ((x) => x + 1)(2)]',
    closures: 'const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i * 10); const result = fs.map((f) => f())',
    hoisting: 'const result = f(); function f() { return 7; }',
    'var leaves its block': 'if (true) { var x = 4; } const result = x',
    loops:
      'let s = 0; for (const u of [1, 2, 3]) { if (u === 2) continue; s += u; } let i = 0; while (true) { if (++i > 4) break; } do { i--; } while (i > 2); for (const k in {a: 1, b: 2}) s += k; const result = [s, i]',
    switch:
      'const f = (k) => { switch (k) { case "a": return 1; case "b": case "c": { return 2; } default: return 3; } }; const result = ["a", "b", "c", "d"].map((k) => f(k))',
    classes:
      'class A { n = 2; constructor(k) { this.k = k; } get twice() { return this.k * this.n; } static make(k) { return new this.prototypeOf(k); } add(x) { return this.k + x; } } class B extends A { m = 3; constructor() { super(5); this.l = this.m; } add(x) { return super.add(x) * 2; } } const b = new B(); const result = [b.twice, b.add(1), b.l, b instanceof A]',
    'array methods':
      'const a = [3, 1, 2]; const result = [a.map((x, i) => x * i), a.filter((x) => x > 1), a.reduce((s, x) => s + x, 0), a.slice(1), a.slice(-1), a.concat([4], 5), [...a].sort((x, y) => x - y), a.indexOf(2), a.includes(9), a.join("-"), Array(3).fill(7), Array.from({length: 3}, (_, i) => i * i), new Array(2).fill(0).map((_, i) => i), [[1], [2, [3]]].flat(), a.find((x) => x < 3), a.some((x) => x > 2), a.every((x) => x > 2), [...a.entries()], a.at(-1), [1,2,3].reverse()]',
    objects:
      'const o = {a: 1, ["b" + 1]: 2}; const result = [Object.keys(o), Object.values(o), Object.entries(o), Object.assign({}, o, {c: 3}), Object.fromEntries([["z", 1]]), o?.a, o.x?.y, o.q ?? 5, "a" in o]',
    math: 'const result = [Math.max(1, 2, 3), Math.floor(2.7), Math.sqrt(16), Math.pow(2, 5), Math.log2(8), parseInt("12px"), Number("1.5"), Math.min(...[4, 2])]',
    assignments:
      'let a = 1, b = 2; [a, b] = [b, a]; a += 5; b ||= 9; let c = null; c ??= 4; const result = [a, b, c, a++, ++a]',
    exceptions: 'let result; try { throw new Error("x"); } catch (e) { result = 1; } finally { result += 1; }',
    strings:
      'const result = ["a,b".split(","), "abc".slice(1), "abc".length, "abc"[1], "x".repeat(3), "Conv".startsWith("C"), [..."ab"]]',
  };
  for (const [name, text] of Object.entries(programs))
    it(name, () => {
      const read = result(text.replace('new Error("x")', '"x"'));
      assert.deepEqual(read, real(text));
    });

  it('keeps apart what an unknown condition leaves open', () => {
    assert.deepEqual(result('let a = 1, b = 1; if (flag) { a = 2; b = 3; } else { a = 2; } const result = [a, b]'), [
      2,
      '?b (line 1)?',
    ]);
    assert.equal(result('const result = flag ? 4 : 4'), 4);
    assert.equal(result('function f() { if (flag) return 2; return 2; } const result = f()'), 2);
    assert.equal(result('const a = []; for (const x of data) a.push(x); const result = a'), '?the array?');
  });

  it('names what is not known after the variable that holds it, and never guesses', () => {
    assert.equal(result('const units = Number(input.value); const result = units * 2'), '?units*2?');
    assert.equal(result('const result = load()'), '?result?');
  });

  it('imports other files, in both module systems', () => {
    const files = {
      '/work/sizes.js': 'export const width = 7; export default function make(n = 2) { return n * width; }',
      '/work/lib/old.js': 'const { width } = require("../sizes"); module.exports = { twice: () => width * 2 };',
      '/work/lib/index.js': 'export * from "../sizes.js"; export { twice as double } from "./old";',
    };
    assert.deepEqual(
      result(
        'import make, { width as w } from "./sizes"; import * as lib from "./lib"; const old = require("./lib/old"); const result = [make(), w, lib.width, lib.double(), old.twice(), lib.nothing]',
        files,
      ),
      [14, 7, 7, 14, 14, undefined].map((value, index) => (index === 5 ? '?/work/lib/index.js.nothing?' : value)),
    );
    assert.equal(result('import { x } from "./gone"; const result = x', files), '?x?');
  });

  it('passes over what is TypeScript’s', () => {
    const text =
      'interface A { n: number } enum K { One, Two = 5, Three } class C { constructor(private readonly n: number, public m?: string) {} get(): number { return this.n!; } } const f = <T,>(x: T, y: number = 2): T => x as T; const result = [K.Three, new C(4).get(), f<number>(3), ({ a: 1 } satisfies object).a]';
    assert.deepEqual(result(text, {}, typescript), [6, 4, 3, 1]);
  });

  it('is bounded, whatever the code does', () => {
    for (const text of [
      'let i = 0; while (true) i++; const result = i',
      'function f() { return f(); } const result = f()',
      'let a = [1]; for (let i = 0; i < 60; i++) a = [...a, ...a]; const result = a.length',
      'let s = "x"; for (let i = 0; i < 60; i++) s += s; const result = s.length',
      `const result = ${'('.repeat(2000)}1${')'.repeat(2000)}`,
    ]) {
      const start = performance.now();
      try {
        result(text);
      } catch (error) {
        assert.match(String(error), /too|deep|steps/);
      }
      assert.ok(performance.now() - start < 3000);
    }
  });
});
