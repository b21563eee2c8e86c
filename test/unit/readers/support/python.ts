import { Deadline } from '../../../../src/readers/evaluation/deadline';
import { Interpreter, type Host } from '../../../../src/readers/python/interpreter';
import { builtinNames } from '../../../../src/readers/python/library/builtins';
import { standardModules } from '../../../../src/readers/python/library/standard';
import { PythonParser } from '../../../../src/readers/python/parser';
import { SourceText } from '../../../../src/readers/text/source';
import { reasonOf, type Value } from '../../../../src/readers/python/values';
import { readerFiles } from './reader';

let parser: PythonParser;

/** The parser must be there before the first test that runs code: call it where a suite is described. */
export function withPython(): void {
  before(async () => {
    parser = await PythonParser.create({ treeSitter: readerFiles.treeSitterWasm, grammar: readerFiles.pythonWasm });
  });
  after(() => parser.dispose());
}

const host: Host = { importModule: (name) => standardModules.get(name) };

/** Run a module and give the variable `result` as plain data; what is unknown is given as its reason. */
export function run(code: string, milliseconds = 1000): unknown {
  const source = new SourceText('test.py', code);
  const start = { source, start: 0, end: 0 };
  const interpreter = new Interpreter(host, builtinNames(), start, new Deadline(milliseconds), {
    parse: (imported) => parser.parse(imported),
  });
  const scope = interpreter.modules.newScope(source);
  interpreter.execute(
    parser.parse(source).flatMap(({ statements }) => statements),
    scope,
  );
  return plain(scope.lookup('result'));
}

function plain(value: Value | undefined): unknown {
  if (!value || value.type === 'none') return null;
  switch (value.type) {
    case 'bool':
    case 'int':
    case 'float':
    case 'str':
      return value.value;
    case 'tuple':
      return value.items.map(plain);
    case 'list':
      return value.taint ? { unknown: reasonOf(value.taint) } : value.items.map(plain);
    case 'dict':
      return value.taint
        ? { unknown: reasonOf(value.taint) }
        : Object.fromEntries([...value.entries.values()].map(([key, item]) => [String(plain(key)), plain(item)]));
    case 'set':
      return value.taint ? { unknown: reasonOf(value.taint) } : [...value.items.values()].map(plain);
    case 'unknown':
      return { unknown: reasonOf(value), symbol: value.symbol };
    default:
      return value.type;
  }
}

export const evaluate = (expression: string): unknown => run(`result = ${expression}`);
