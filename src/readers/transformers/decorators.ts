import { builtin } from '../python/classes';
import { leaving } from '../python/library/functools';
import { none, type Value } from '../python/values';

/**
 * Decorators that leave what they decorate as it is, as far as a network is concerned: documentation, kernels for special
 * hardware, deprecated names, the recording of intermediate results. Without a cache of keys and values, which only speeds up
 * the generation of text, what a `forward` computes is the same.
 */
const names = [
  'add_code_sample_docstrings',
  'add_end_docstrings',
  'add_start_docstrings',
  'add_start_docstrings_to_model_forward',
  'auto_class_docstring',
  'auto_docstring',
  'can_return_tuple',
  'capture_outputs',
  'check_model_inputs',
  'deprecate_kwarg',
  'dynamic_rope_update',
  'merge_with_config_defaults',
  'replace_return_docstrings',
  'use_kernel_forward_from_hub',
  'force_accelerate_hooks',
  'use_experts_implementation',
  'use_kernel_func_from_hub',
  'use_kernel_func_from_hub_with_fallback',
];

/** Those that are called with a function first, which is not what they decorate. */
const withFunction = ['use_kernelized_func'];

export const decorators: Readonly<Record<string, Value>> = Object.fromEntries([
  ...names.map((name) => [name, leaving(name)] as const),
  ...withFunction.map(
    (name) => [name, builtin(name, () => builtin(name, ({ positional: [decorated = none] }) => decorated))] as const,
  ),
]);
