import type { Dim } from '../shape';

/** One number an axis of space, slow axis first. */
export type PerAxis = readonly Dim[];

/** Padding on each side of each axis of space, or the rule that gives it (`same` is TensorFlow's: what is odd goes behind). */
export type Padding = PerAxis | 'same' | 'valid';
