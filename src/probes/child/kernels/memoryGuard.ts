import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { ProbeError } from '../../failure';

/**
 * The wasm heap ends at 4 GB, and an allocation that fails there answers address 0 in silence: the kernel then writes over
 * whatever lies at the start of the heap. Here it becomes an error at the allocation.
 */
export function guardMemory(backend: BackendWasm): void {
  const move = backend.move.bind(backend);
  backend.move = (dataId, values, shape, dtype, refCount) => {
    move(dataId, values, shape, dtype, refCount);
    const empty = shape.includes(0);
    if (dtype === 'string' || empty || backend.getMemoryOffset(dataId) !== 0) return;
    backend.disposeData(dataId, true);
    throw new ProbeError({
      kind: 'outOfMemory',
      message: `The wasm backend has no room for a tensor of ${shape.join('×')}: its memory ends at 4 GB.`,
    });
  };
}
