import { isCount } from '../access';
import { elementBytes, elementType, type ElementType } from '../elements';
import { CheckpointError } from '../error';
import { globalName, isKind, itemsOf, type PickleCall, type PickleValue } from '../pickle';
import type { Meaning, Place, TensorDescription } from './description';

type Arguments = readonly (PickleValue | undefined)[];
type Understand = (args: Arguments, meaningOf: (call: PickleCall) => Meaning | undefined) => Meaning;

const notRead =
  (reason: string): Understand =>
  () => ({ kind: 'notRead', reason });

/** What PyTorch's functions would make of their arguments (`torch/_utils.py`, `torch/_tensor.py`). */
export const torchCalls: ReadonlyMap<string, Understand> = new Map<string, Understand>([
  ['torch._utils._rebuild_tensor', (args) => tensor(rebuilt(args))],
  ['torch._utils._rebuild_tensor_v2', (args) => tensor(rebuilt(args))],
  ['torch._utils._rebuild_tensor_v3', (args) => tensor(rebuilt(args, dtype(args[6])))],
  ['torch._utils._rebuild_parameter', ([data], meaningOf) => parameter(data, meaningOf)],
  ['torch._utils._rebuild_parameter_with_state', ([data], meaningOf) => parameter(data, meaningOf)],
  ['torch._utils._rebuild_device_tensor_from_numpy', ([array = null]) => ({ kind: 'value', value: array })],
  ['torch._utils._rebuild_meta_tensor_no_storage', (args) => tensor(withoutNumbers(args))],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch._utils._rebuild_qtensor', notRead('it is quantised')],
  ['torch._utils._rebuild_sparse_tensor', notRead('it is sparse')],
  ['torch._utils._rebuild_nested_tensor', notRead('it is nested')],
  ['torch._utils._rebuild_wrapper_subclass', notRead('it is a tensor of a class of its own')],
]);

/** The element types of storages that are not `UntypedStorage`. */
const storageTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['ComplexFloatStorage', 'complex64'],
  ['ComplexDoubleStorage', 'complex128'],
]);

export interface StorageReference {
  readonly key: string;
  /** Absent where only bytes are stored. */
  readonly type?: ElementType;
  /** Elements, or bytes where there is no type. */
  readonly count: number;
}

/** The storage that a persistent identifier names: `('storage', torch.FloatStorage, '0', 'cpu', 20)`. */
export function storageReference(value: PickleValue | undefined): StorageReference {
  const [word, storageClass, key, , count] = (isKind(value, 'persistent') ? itemsOf(value.id) : undefined) ?? [];
  const name = globalName(storageClass);
  if (word !== 'storage' || name === undefined || typeof key !== 'string' || !isCount(count))
    throw new CheckpointError('its pickle refers to data in a way that PyTorch does not');
  if (name === 'torch.storage.UntypedStorage') return { key, count };
  const type = storageTypes.get(name.replace(/^torch\.(cuda\.|storage\.)?/, ''));
  if (type === undefined) throw new CheckpointError(`its pickle wants a storage of the unknown kind ${name}`);
  return { key, type, count };
}

function tensor(description: TensorDescription): Meaning {
  return { kind: 'tensor', tensor: description };
}

function rebuilt([storage, offset, size, stride]: Arguments, dtypeOfBytes?: ElementType): TensorDescription {
  const { key, type: storageType, count } = storageReference(storage);
  const type = dtypeOfBytes ?? storageType;
  if (type === undefined) throw new CheckpointError('its pickle has a tensor without a type');
  const bytes = count * (storageType === undefined ? 1 : elementBytes(storageType));
  const place: Place = { kind: 'storage', key, bytes };
  if (!isCount(offset)) throw new CheckpointError('its pickle has a tensor that starts nowhere');
  return { type, shape: sizes(size), strides: sizes(stride), offset, place };
}

function withoutNumbers([type, size]: Arguments): TensorDescription {
  const place: Place = { kind: 'nowhere', reason: 'it was saved from the meta device, which has no numbers' };
  return { type: dtype(type), shape: sizes(size), offset: 0, place };
}

function parameter(data: PickleValue | undefined, meaningOf: (call: PickleCall) => Meaning | undefined): Meaning {
  const meaning = isKind(data, 'call') ? meaningOf(data) : undefined;
  if (meaning === undefined) throw new CheckpointError('its pickle has a parameter that is no tensor');
  return meaning.kind === 'tensor' ? tensor({ ...meaning.tensor, role: 'parameter' }) : meaning;
}

/** `(function, type, arguments, state)`: a tensor of a subclass, or one with attributes. */
function rebuildFromType([callee = null, , args = null]: Arguments): Meaning {
  const call: PickleCall = { kind: 'call', callee, arguments: args, state: undefined, items: [], entries: [] };
  return { kind: 'value', value: call };
}

function dtype(value: PickleValue | undefined): ElementType {
  const name = globalName(value);
  const type = name === undefined ? undefined : elementType(name.replace(/^torch\./, ''));
  if (type === undefined) throw new CheckpointError(`its pickle has a tensor of the unknown type ${name ?? '?'}`);
  return type;
}

function sizes(value: PickleValue | undefined): readonly number[] {
  const inner =
    isKind(value, 'call') && globalName(value.callee) === 'torch.Size' ? itemsOf(value.arguments)?.[0] : value;
  const items = itemsOf(inner);
  if (!items?.every(isCount)) throw new CheckpointError('its pickle has a tensor whose sizes make no sense');
  return items;
}
