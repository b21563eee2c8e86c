import { isCount } from '../access';
import { cStrides } from '../dense';
import { CheckpointError } from '../error';
import { numpyType, type NumpyType } from '../numpy';
import { globalName, isKind, itemsOf, type PickleCall, type PickleValue } from '../pickle';
import type { Meaning, Place } from './description';

/** What NumPy's functions would make, by their names without the package's own (`numpy.core` became `numpy._core`). */
export const numpyCalls: ReadonlyMap<string, (call: PickleCall) => Meaning> = new Map([
  ['multiarray._reconstruct', reconstructed],
  ['numeric._frombuffer', fromBuffer],
]);

/** `_reconstruct(ndarray, (0,), b'b')`, then the state `(version, shape, dtype, isFortran, data)`. */
function reconstructed({ state }: PickleCall): Meaning {
  const [, shape, dtype, fortran, data] = itemsOf(state) ?? [];
  return array(shape, dtype, fortran === true, data);
}

/** `_frombuffer(data, dtype, shape, order)`, of protocol 5. */
function fromBuffer({ arguments: args }: PickleCall): Meaning {
  const [data, dtype, shape, order] = itemsOf(args) ?? [];
  return array(shape, dtype, order === 'F', data);
}

function array(
  sizes: PickleValue | undefined,
  dtype: PickleValue | undefined,
  fortran: boolean,
  data: PickleValue | undefined,
): Meaning {
  const shape = itemsOf(sizes);
  if (!shape?.every(isCount)) throw new CheckpointError('its pickle has an array whose sizes make no sense');
  const stored = dtypeOf(dtype);
  if (stored === undefined) return { kind: 'notRead', reason: 'it is an array of no numbers' };
  const place = placeOf(data);
  if (place === undefined) return { kind: 'notRead', reason: 'it is an array whose bytes are not in the file' };
  const strides = fortran && { strides: cStrides(shape.toReversed()).toReversed() };
  return { kind: 'tensor', tensor: { ...stored, shape, ...strides, offset: 0, place } };
}

/** `dtype('f4', False, True)` with the state `(3, '<', …)`. */
function dtypeOf(value: PickleValue | undefined): NumpyType | undefined {
  if (!isKind(value, 'call') || globalName(value.callee) !== 'numpy.dtype') return undefined;
  const [code] = itemsOf(value.arguments) ?? [];
  const [, order] = itemsOf(value.state) ?? [];
  return typeof code === 'string' ? numpyType(`${typeof order === 'string' ? order : ''}${code}`) : undefined;
}

/** Protocol 2 has no bytes: they are written as `_codecs.encode(text, 'latin1')`. */
function placeOf(data: PickleValue | undefined): Place | undefined {
  if (isKind(data, 'bytes')) return { kind: 'pickle', offset: data.offset, length: data.length };
  if (typeof data === 'string') return { kind: 'text', text: data };
  if (isKind(data, 'call') && globalName(data.callee) === '_codecs.encode')
    return placeOf(itemsOf(data.arguments)?.[0]);
  return undefined;
}
