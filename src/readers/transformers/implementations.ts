import type { Interpreter } from '../python/interpreter';
import type { Value } from '../python/values';

/** Attention is computed in one of two ways: by the code of the model, or by PyTorch's own function, in one of several forms. */
export const eager = 'eager';
const fused = 'sdpa';

/** What a model gets that has no wish of its own. */
export const implementationOf = (supportsFused: boolean): string => (supportsFused ? fused : eager);

export function isEager(config: Value, interpreter: Interpreter): boolean {
  const implementation = interpreter.findAttribute(config, '_attn_implementation');
  return implementation?.type === 'str' && implementation.value === eager;
}
