import { isCount } from '../access';
import type { ByteStream } from '../bytes';
import type { StoredTensor } from '../checkpoint';
import { densePieces, isCOrder, spannedBytes } from '../dense';
import { elementBytes } from '../elements';
import { CheckpointError } from '../error';
import type { Place } from './description';
import type { NamedDescription } from './walk';

/** How a container finds what its pickle refers to. */
export interface Places {
  /** How many bytes there are. @throws CheckpointError where there is no such place */
  readonly size: (place: Place) => number;
  readonly open: (place: Place) => ByteStream | Promise<ByteStream>;
  /** Of what is stored outside of the pickle. */
  readonly littleEndian?: boolean;
}

/** Tensors whose numbers can be read. @throws CheckpointError where one lies outside of what it is stored in */
export function storedTensors(described: readonly NamedDescription[], places: Places): readonly StoredTensor[] {
  const firstAt = new Map<string, string>();
  return described.map(({ name, tensor }): StoredTensor => {
    const { type, shape, offset, strides, place, role } = tensor;
    const bytes = offset * elementBytes(type);
    const end = bytes + spannedBytes(tensor);
    if (place.kind !== 'nowhere' && (!isCount(end) || end > places.size(place)))
      throw new CheckpointError(`the tensor ‘${name}’ lies outside of what it is stored in`);
    const littleEndian = tensor.littleEndian ?? places.littleEndian ?? true;
    const ordered = strides === undefined || isCOrder(shape, strides);
    const sharedWith = place.kind === 'storage' ? sharing(firstAt, name, place.key, bytes, shape, strides) : undefined;
    return {
      info: { name, shape, type, ...(sharedWith !== undefined && { sharedWith }), ...(role && { role }) },
      async *pieces() {
        if (place.kind === 'nowhere') throw new CheckpointError(`‘${name}’ cannot be read: ${place.reason}`);
        const layout = { type, shape, offset: bytes, ...(!ordered && { strides }), littleEndian };
        yield* densePieces(await places.open(place), layout);
      },
    };
  });
}

/** The name of the first tensor that is exactly there, unless this is the first. */
function sharing(firstAt: Map<string, string>, name: string, ...place: readonly unknown[]): string | undefined {
  const at = JSON.stringify(place);
  const first = firstAt.get(at);
  if (first === undefined) firstAt.set(at, name);
  return first;
}
