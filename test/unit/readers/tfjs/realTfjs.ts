import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

const require_ = createRequire(__filename);

export interface RealWeight {
  readonly originalName: string;
  readonly shape: readonly (number | null)[];
  readonly trainable: boolean;
  read(): core.Tensor;
}

export interface RealModel {
  readonly weights: readonly RealWeight[];
  readonly outputs: readonly { readonly shape: readonly (number | null)[] }[];
  countParams(): number;
  readonly inputNames: readonly string[];
  toJSON(): string;
  predict(inputs: core.Tensor | core.Tensor[]): core.Tensor | core.Tensor[];
  save(handler: { save: (artifacts: { modelTopology?: unknown }) => Promise<object> }): Promise<object>;
}

/** Run a fixture's `createModel` on TensorFlow.js itself, whose automatic names begin anew. */
export function realModel(source: string): RealModel {
  // The package counts names for the life of the module; its variables have theirs for the life of the engine.
  core.disposeVariables();
  const path = require_.resolve('@tensorflow/tfjs-layers');
  Reflect.deleteProperty(require_.cache, path);
  const layers = require_(path) as Record<string, unknown>;
  const tf = { ...core, ...layers };
  const commonJs = source
    .replace(/^import \* as tf from .*$/m, 'const tf = require("@tensorflow/tfjs");')
    .replace(/^export const (\w+)/gm, 'const $1 = exports.$1')
    .replace(/^export class (\w+)/gm, 'const $1 = exports.$1 = class');
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const run = compileFunction(commonJs, ['require', 'module', 'exports']) as (...given: unknown[]) => void;
  run(() => tf, module, module.exports);
  return (module.exports['createModel'] as () => RealModel)();
}
