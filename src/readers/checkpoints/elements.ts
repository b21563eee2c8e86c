import { CheckpointError } from './error';

/** Numbers as they can be computed with: float64 and 32-bit integers keep all their digits, 64-bit integers are bigints. */
export type TensorValues = Float32Array | Float64Array | BigInt64Array | BigUint64Array;

interface Element {
  readonly bytes: number;
  /** Little-endian bytes, a whole number of elements, to numbers. Absent where it is known by name only. */
  readonly decode?: (bytes: Uint8Array) => TensorValues;
  /** Of what is not swapped as a whole where bytes are in the other order. */
  readonly wordBytes?: number;
}

/** What a tensor's elements are stored as. */
const elements = {
  float64: { bytes: 8, decode: (bytes) => new Float64Array(aligned(bytes, 8)) },
  float32: { bytes: 4, decode: (bytes) => new Float32Array(aligned(bytes, 4)) },
  float16: { bytes: 2, decode: byTable(float16Table, Uint16Array) },
  bfloat16: { bytes: 2, decode: decodeBfloat16 },
  float8_e4m3fn: { bytes: 1, decode: byTable(e4m3Table, Uint8Array) },
  float8_e5m2: { bytes: 1, decode: byTable(e5m2Table, Uint8Array) },
  float8_e4m3fnuz: { bytes: 1 },
  float8_e5m2fnuz: { bytes: 1 },
  float8_e8m0fnu: { bytes: 1 },
  int64: { bytes: 8, decode: (bytes) => new BigInt64Array(aligned(bytes, 8)) },
  int32: { bytes: 4, decode: (bytes) => new Float64Array(new Int32Array(aligned(bytes, 4))) },
  int16: { bytes: 2, decode: (bytes) => new Float32Array(new Int16Array(aligned(bytes, 2))) },
  int8: { bytes: 1, decode: (bytes) => new Float32Array(new Int8Array(aligned(bytes, 1))) },
  uint64: { bytes: 8, decode: (bytes) => new BigUint64Array(aligned(bytes, 8)) },
  uint32: { bytes: 4, decode: (bytes) => new Float64Array(new Uint32Array(aligned(bytes, 4))) },
  uint16: { bytes: 2, decode: (bytes) => new Float32Array(new Uint16Array(aligned(bytes, 2))) },
  uint8: { bytes: 1, decode: (bytes) => new Float32Array(bytes) },
  bool: { bytes: 1, decode: (bytes) => new Float32Array(bytes) },
  complex64: { bytes: 8, wordBytes: 4 },
  complex128: { bytes: 16, wordBytes: 8 },
} satisfies Readonly<Record<string, Element>>;

export type ElementType = keyof typeof elements;

/** The type of this name, if it is one. */
export function elementType(name: string): ElementType | undefined {
  return Object.hasOwn(elements, name) ? (name as ElementType) : undefined;
}

export function elementBytes(type: ElementType): number {
  return elements[type].bytes;
}

/** Only tensors of real or complex floating point can be trained. */
export function isTrainable(type: ElementType): boolean {
  return /float|complex/.test(type);
}

/** @throws CheckpointError where the numbers of such a type are not read */
export function decode(type: ElementType, bytes: Uint8Array, littleEndian = true): TensorValues {
  const element: Element = elements[type];
  if (element.decode === undefined) throw new CheckpointError(`values of type ${type} are not read`);
  return element.decode(littleEndian ? bytes : swapped(bytes, element.wordBytes ?? element.bytes));
}

/** The bytes in a buffer of their own; typed arrays of wider elements must not start anywhere. */
function aligned(bytes: Uint8Array, width: number): ArrayBuffer {
  if (bytes.length % width !== 0) throw new CheckpointError('it ends in the middle of a number');
  return new Uint8Array(bytes).buffer;
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += width)
    for (let index = 0; index < width; index++) result[start + index] = bytes[start + width - 1 - index] ?? 0;
  return result;
}

function decodeBfloat16(bytes: Uint8Array): Float32Array {
  const halves = new Uint16Array(aligned(bytes, 2));
  const bits = new Uint32Array(halves.length);
  for (const [index, half] of halves.entries()) bits[index] = half << 16;
  return new Float32Array(bits.buffer);
}

function byTable(
  table: () => Float32Array,
  Codes: typeof Uint8Array | typeof Uint16Array,
): (bytes: Uint8Array) => Float32Array {
  let values: Float32Array | undefined;
  return (bytes) => {
    values ??= table();
    const codes = new Codes(aligned(bytes, Codes.BYTES_PER_ELEMENT));
    const result = new Float32Array(codes.length);
    for (let index = 0; index < codes.length; index++) result[index] = values[codes[index] ?? 0] ?? NaN;
    return result;
  };
}

/** The value of every code of a small binary float with infinities and NaNs, as IEEE 754 lays it out. */
function ieeeTable(exponentBits: number, mantissaBits: number): Float32Array {
  const bias = 2 ** (exponentBits - 1) - 1;
  return Float32Array.from({ length: 2 ** (1 + exponentBits + mantissaBits) }, (_, code) => {
    const exponent = (code >> mantissaBits) & (2 ** exponentBits - 1);
    const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
    const sign = code >> (exponentBits + mantissaBits) === 0 ? 1 : -1;
    if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  });
}

function float16Table(): Float32Array {
  return ieeeTable(5, 10);
}

function e5m2Table(): Float32Array {
  return ieeeTable(5, 2);
}

/** `e4m3fn` has no infinity, and a NaN of all ones only (Micikevicius et al. 2022, https://arxiv.org/abs/2209.05433). */
function e4m3Table(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    if ((code & 0x7f) === 0x7f) return NaN;
    const exponent = (code >> 3) & 15;
    const fraction = (code & 7) / 8;
    return (code < 128 ? 1 : -1) * (exponent === 0 ? fraction * 2 ** -6 : (1 + fraction) * 2 ** (exponent - 7));
  });
}
