import type { ElementType } from './elements';

/** How NumPy stores an element: what it is, and which byte comes first. */
export interface NumpyType {
  readonly type: ElementType;
  readonly littleEndian: boolean;
}

const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['f8', 'float64'],
  ['f4', 'float32'],
  ['f2', 'float16'],
  ['i8', 'int64'],
  ['i4', 'int32'],
  ['i2', 'int16'],
  ['i1', 'int8'],
  ['u8', 'uint64'],
  ['u4', 'uint32'],
  ['u2', 'uint16'],
  ['u1', 'uint8'],
  ['b1', 'bool'],
  ['?', 'bool'],
  ['c8', 'complex64'],
  ['c16', 'complex128'],
]);

/** Of a type string such as `<f4`; undefined for texts, records, objects and other things that are no numbers. */
export function numpyType(text: string): NumpyType | undefined {
  const [, order = '', code = ''] = /^([<>|=]?)(.+)$/.exec(text) ?? [];
  const type = types.get(code);
  return type === undefined ? undefined : { type, littleEndian: order !== '>' };
}
