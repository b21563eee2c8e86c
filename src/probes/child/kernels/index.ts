import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { repairBatchMatMul } from './batchMatMul';
import { addConv2DBackpropFilter } from './conv2dBackpropFilter';
import { repairConv2DBackpropInput } from './conv2dBackpropInput';
import { addDepthwiseConv2DBackprop } from './depthwiseConv2dBackprop';
import { repairMaxPoolGrad } from './maxPoolGrad';
import { guardMemory } from './memoryGuard';
import { quickenSlice } from './slice';
import { quickenSum } from './sum';
import { quickenTanh } from './tanh';
import { WasmHeap } from './wasmHeap';

/** Mends what is wrong, missing or slow in the wasm backend of tfjs 4.22, of what the probes use. */
export function repairWasm(backend: BackendWasm): void {
  guardMemory(backend);
  const heap = new WasmHeap(backend);
  repairBatchMatMul(heap);
  addConv2DBackpropFilter(heap);
  repairConv2DBackpropInput(heap);
  addDepthwiseConv2DBackprop(heap);
  repairMaxPoolGrad(heap);
  quickenSlice(heap);
  quickenSum(heap);
  quickenTanh(heap);
}
