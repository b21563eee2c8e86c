import { CheckpointError } from '../error';
import { addEntries, type PickleMachine } from './machine';
import type { PickleCall, PickleValue } from './value';

type Instruction = (machine: PickleMachine) => void;

/** Every opcode of protocols 0 to 5 but STOP (Python's `pickletools` describes them). */
export const opcodes: ReadonlyMap<number, Instruction> = new Map<number, Instruction>(
  Object.entries({
    // The stack and the memo.
    '(': (m) => m.mark(),
    '0': (m) => m.discard(),
    '1': (m) => m.popToMark(),
    '2': (m) => m.push(m.top()),
    p: (m) => m.remember(lineNumber(m)),
    q: (m) => m.remember(m.input.uint8()),
    r: (m) => m.remember(m.input.uint32()),
    '\x94': (m) => m.remember(),
    g: (m) => m.recall(lineNumber(m)),
    h: (m) => m.recall(m.input.uint8()),
    j: (m) => m.recall(m.input.uint32()),
    // Headers.
    '\x80': (m) => protocol(m.input.uint8()),
    '\x95': (m) => m.input.uint64(),
    // Numbers and constants.
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    I: (m) => m.push(lineInteger(m)),
    L: (m) => m.push(lineInteger(m)),
    F: (m) => m.push(Number(m.input.line())),
    G: (m) => m.push(m.input.float64()),
    J: (m) => m.push(m.input.int32()),
    K: (m) => m.push(m.input.uint8()),
    M: (m) => m.push(m.input.uint16()),
    '\x8a': (m) => m.push(m.input.integer(m.input.uint8())),
    '\x8b': (m) => m.push(m.input.integer(m.input.uint32())),
    // Texts and bytes. The strings of Python 2 are texts here: they name things.
    S: (m) => m.push(quoted(m.input.line())),
    T: (m) => m.push(m.input.text(m.input.uint32(), 'latin1')),
    U: (m) => m.push(m.input.text(m.input.uint8(), 'latin1')),
    V: (m) => m.push(m.input.line()),
    X: (m) => m.push(m.input.text(m.input.uint32())),
    '\x8c': (m) => m.push(m.input.text(m.input.uint8())),
    '\x8d': (m) => m.push(m.input.text(m.input.uint64())),
    B: (m) => bytes(m, m.input.uint32()),
    C: (m) => bytes(m, m.input.uint8()),
    '\x8e': (m) => bytes(m, m.input.uint64()),
    '\x96': (m) => bytes(m, m.input.uint64()),
    // Containers.
    ')': (m) => m.push({ kind: 'tuple', items: [] }),
    t: (m) => m.push({ kind: 'tuple', items: m.popToMark() }),
    '\x85': (m) => tuple(m, 1),
    '\x86': (m) => tuple(m, 2),
    '\x87': (m) => tuple(m, 3),
    ']': (m) => m.push({ kind: 'list', items: [] }),
    l: (m) => m.push({ kind: 'list', items: m.popToMark() }),
    a: (m) => m.append([m.pop()]),
    e: (m) => m.append(m.popToMark()),
    '}': (m) => m.push({ kind: 'dict', entries: [] }),
    d: dict,
    s: setItem,
    u: (m) => m.setItems(m.popToMark()),
    '\x8f': (m) => m.push({ kind: 'set', items: [] }),
    '\x90': (m) => m.append(m.popToMark()),
    '\x91': (m) => m.push({ kind: 'set', items: m.popToMark() }),
    // What Python would import and call.
    c: (m) => m.push({ kind: 'global', module: m.input.line(), name: m.input.line() }),
    '\x93': stackGlobal,
    R: (m) => call(m),
    '\x81': (m) => call(m),
    '\x92': newWithKeywords,
    i: instance,
    o: object,
    b: (m) => m.build(m.pop()),
    // What is stored elsewhere.
    P: (m) => m.push({ kind: 'persistent', id: m.input.line() }),
    Q: (m) => m.push({ kind: 'persistent', id: m.pop() }),
    '\x82': (m) => extension(m.input.uint8()),
    '\x83': (m) => extension(m.input.uint16()),
    '\x84': (m) => extension(m.input.int32()),
    '\x97': () => outOfBand(),
    '\x98': () => outOfBand(),
  } satisfies Readonly<Record<string, Instruction>>).map(([code, run]) => [code.charCodeAt(0), run]),
);

function protocol(version: number): void {
  if (version > 5) throw new CheckpointError(`its pickle is of protocol ${version}, which is not known`);
}

function lineNumber({ input }: PickleMachine): number {
  const value = Number(input.line());
  if (!Number.isSafeInteger(value)) throw new CheckpointError('its pickle refers to what it cannot have described');
  return value;
}

/** `12`, `12L`, and the booleans of protocol 1, `00` and `01`. */
function lineInteger({ input }: PickleMachine): PickleValue {
  const line = input.line();
  if (line === '00' || line === '01') return line === '01';
  if (!/^[+-]?\d{1,4000}L?$/.test(line)) throw new CheckpointError('its pickle has an integer that is none');
  const value = BigInt(line.replace('L', '').replace('+', ''));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function quoted(line: string): string {
  const found = /^(['"])(.*)\1$/s.exec(line)?.[2];
  if (found === undefined) throw new CheckpointError('its pickle has a string without quotes');
  return found;
}

function bytes(machine: PickleMachine, length: number): void {
  machine.push({ kind: 'bytes', ...machine.input.skip(length) });
}

function tuple(machine: PickleMachine, length: number): void {
  const items = Array.from({ length }, () => machine.pop()).reverse();
  machine.push({ kind: 'tuple', items });
}

function dict(machine: PickleMachine): void {
  const entries: PickleCall['entries'] = [];
  addEntries(entries, machine.popToMark());
  machine.push({ kind: 'dict', entries });
}

function setItem(machine: PickleMachine): void {
  const value = machine.pop();
  const key = machine.pop();
  machine.setItems([key, value]);
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof module !== 'string' || typeof name !== 'string')
    throw new CheckpointError('its pickle names something by what is no text');
  machine.push({ kind: 'global', module, name });
}

/** REDUCE and NEWOBJ: a callee and a tuple of arguments. */
function call(machine: PickleMachine): void {
  const args = machine.pop();
  machine.call(machine.pop(), args);
}

function newWithKeywords(machine: PickleMachine): void {
  machine.pop();
  call(machine);
}

function instance(machine: PickleMachine): void {
  const callee: PickleValue = { kind: 'global', module: machine.input.line(), name: machine.input.line() };
  machine.call(callee, { kind: 'tuple', items: machine.popToMark() });
}

function object(machine: PickleMachine): void {
  const [callee, ...items] = machine.popToMark();
  if (callee === undefined) throw new CheckpointError('its pickle makes an object of no class');
  machine.call(callee, { kind: 'tuple', items });
}

function extension(code: number): never {
  throw new CheckpointError(`its pickle wants what is registered as extension ${code} in its writer's Python`);
}

function outOfBand(): never {
  throw new CheckpointError('its pickle keeps data outside of itself');
}
