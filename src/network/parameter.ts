import type { Initializer } from './initializer';
import type { Shape } from './shape';
import type { SourceSpan } from './span';

/** What an axis of a parameter runs over. Layouts differ by framework (PyTorch out×in×k×k, Keras k×k×in×out). */
export type AxisRole = 'out' | 'in' | 'kernel' | 'feature';

export type ParameterRole = 'weight' | 'bias' | 'normScale' | 'normShift' | 'slope' | 'embedding' | 'scalar';

/** A trainable tensor. `path` is spelled as the framework spells it in a checkpoint: `blocks.3.mlp.fc1.weight`. */
export interface Parameter {
  readonly path: string;
  readonly role: ParameterRole;
  readonly shape: Shape;
  /** One role an axis, in the order of `shape`. An `in` axis of a grouped convolution counts one group only. */
  readonly axes: readonly AxisRole[];
  readonly initializer: Initializer;
  /** The call that made the module (or the tensor). */
  readonly span: SourceSpan;
}
