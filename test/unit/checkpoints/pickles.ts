/** Pickles as an attacker writes them: by hand, opcode by opcode. */

const text = (characters: string): Uint8Array => Buffer.from(characters, 'latin1');

/** Joins opcodes, given as texts of one byte a character, into a pickle with a header and an end. */
export function pickle(...parts: readonly string[]): Uint8Array {
  return text(`\x80\x04${parts.join('')}.`);
}

/** A short text. */
export function unicode(value: string): string {
  return `\x8c${String.fromCharCode(value.length)}${value}`;
}

const argument = `${unicode('touch /tmp/gradlens-was-here')}\x85`;

/** `os.system('touch …')` in each way that a pickle can ask for a call. */
export const calls: Readonly<Record<string, Uint8Array>> = {
  'GLOBAL and REDUCE': pickle('cos\nsystem\n', argument, 'R'),
  'STACK_GLOBAL and REDUCE': pickle(unicode('os'), unicode('system'), '\x93', argument, 'R'),
  INST: pickle('(', unicode('touch /tmp/gradlens-was-here'), 'ios\nsystem\n'),
  OBJ: pickle('(cos\nsystem\n', unicode('touch /tmp/gradlens-was-here'), 'o'),
  NEWOBJ: pickle('cos\nsystem\n', argument, '\x81'),
  NEWOBJ_EX: pickle('cos\nsystem\n', argument, '}\x92'),
  'BUILD of an object': pickle('cos\nsystem\n', ')', '\x81', '}', unicode('a'), 'K\x01s', 'b'),
  'nested in arguments': pickle('cbuiltins\nlist\n', 'cos\nsystem\n', argument, 'R', '\x85', 'R'),
  'as a key': pickle('}', 'cos\nsystem\n', argument, 'R', 'K\x01', 's'),
  'computed callee': pickle(
    'cbuiltins\ngetattr\n',
    'cos\nsystem\n',
    unicode('__call__'),
    '\x86R',
    argument,
    'R',
    'cos\nsystem\n)R\x86',
  ),
};

const dtype = `cnumpy\ndtype\n${unicode('f4')}\x89\x88\x87R(K\x03${unicode('<')}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb`;
/** A NumPy array of one float. */
const array = `cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01K\x01\x85${dtype}\x89C\x04\x00\x00\x80\x3ftb`;

/** A dictionary of an array, and whatever else is given under another key. */
export function withArray(extra: string): Uint8Array {
  return pickle('}(', unicode('w'), array, unicode('extra'), extra, 'u');
}

/** A list of twice a list of twice a list …: two to the hundredth ways to what is at the end, an array or an empty list. */
export function doubled(end: 'array' | 'list'): Uint8Array {
  const level = (index: number): string => `](${`h${String.fromCharCode(index)}`.repeat(2)}e\x94`;
  return pickle(end === 'array' ? array : ']', '\x94', ...Array.from({ length: 90 }, (_, index) => level(index)));
}
