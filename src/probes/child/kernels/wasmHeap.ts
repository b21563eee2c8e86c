import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type Attribute,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What `BackendWasm` keeps to itself and a kernel that works on parts of tensors needs. */
interface Internals {
  dataIdNextNumber: number;
}

/** What Emscripten adds to the module and its type does not tell. */
interface Emscripten {
  readonly HEAPU8: Uint8Array;
  cwrap(name: string, result: null, parameters: readonly ('number' | 'array')[]): (...values: unknown[]) => void;
}

/** The memory of the wasm backend, as a repaired kernel sees it: tensors by offset, other kernels by name. */
export class WasmHeap {
  private readonly emscripten: Emscripten;

  constructor(readonly backend: BackendWasm) {
    this.emscripten = backend.wasm as unknown as Emscripten;
  }

  /** All memory, in floats. Any allocation may move it: take it after the last one. */
  floats(): Float32Array {
    return new Float32Array(this.emscripten.HEAPU8.buffer);
  }

  /** All memory, in 32-bit words. Any allocation may move it. */
  words(): Int32Array {
    return new Int32Array(this.emscripten.HEAPU8.buffer);
  }

  /** Where the tensor begins in {@link floats} and {@link words}. */
  offset(tensor: TensorInfo): number {
    return this.backend.getMemoryOffset(tensor.dataId) >>> 2;
  }

  /** The number by which compiled kernels know the tensor. */
  id(tensor: TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).id;
  }

  /** A new float tensor with undefined content. */
  output(shape: readonly number[]): TensorInfo {
    return this.backend.makeOutput([...shape], 'float32');
  }

  scalar(value: number): TensorInfo {
    return this.backend.makeOutput([], 'float32', undefined, new Float32Array([value]));
  }

  free(...tensors: readonly TensorInfo[]): void {
    for (const tensor of tensors) this.backend.disposeData(tensor.dataId);
  }

  /** Runs `use` with a number for `size` floats from `offset`, so that a compiled kernel can work on a part of a tensor. */
  part(offset: number, size: number, use: (id: number) => void): void {
    const internals = this.backend as unknown as Internals;
    const id = internals.dataIdNextNumber++;
    this.backend.wasm.tfjs.registerTensor(id, size, offset << 2);
    try {
      use(id);
    } finally {
      this.backend.wasm.tfjs.disposeData(id);
    }
  }

  run(kernelName: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap = {}): TensorInfo {
    const result = kernelOf(kernelName)({ inputs, attrs, backend: this.backend });
    if (Array.isArray(result)) throw new Error(`${kernelName} gave several tensors`);
    return result;
  }

  compiled(name: string, parameters: readonly ('number' | 'array')[]): (...values: unknown[]) => void {
    return this.emscripten.cwrap(name, null, parameters);
  }
}

export function kernelOf(kernelName: string): KernelFunc {
  const kernel = getKernel(kernelName, 'wasm');
  // tfjs's type promises a kernel; its registry answers undefined for one that is missing.
  if ((kernel as unknown) === undefined) throw new Error(`the wasm backend has no kernel ${kernelName}`);
  return kernel.kernelFunc;
}

/** What a repaired kernel is called with. */
export interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: Readonly<Record<string, Attribute>>;
}

/** Puts `kernel` in the place of the wasm backend's own, if it has one. */
export function replaceKernel(kernelName: string, kernel: (call: Call) => TensorInfo): void {
  if ((getKernel(kernelName, 'wasm') as unknown) !== undefined) unregisterKernel(kernelName, 'wasm');
  registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => kernel({ inputs, attrs: attrs ?? {} }),
  });
}

/** The input of that name: kernels are called by tfjs's own operations, which have checked it. */
export function input(call: Call, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (tensor === undefined) throw new Error(`kernel called without ${name}`);
  return tensor;
}
