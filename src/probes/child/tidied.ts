import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` with the type of what it is given: all tensors made in `compute` are freed but those in its result. */
export function tidied<T extends object>(compute: () => T): T {
  // tfjs walks any object for tensors; its type admits only objects of tensors and numbers.
  return tf.tidy(compute as unknown as () => tf.TensorContainer) as unknown as T;
}
