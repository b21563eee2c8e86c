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
  /**
   * One role an axis, in the order of `shape`: what the layer's input meets is `in`, what its output gets is `out`, whatever the
   * framework's initialisers take for the fans. The executor finds its way by them:
   * - linear: `out, in` in PyTorch, `in, out` in Keras; recurrent weights alike, with all gates on the `out` axis
   * - conv: `out, in, kernel…` in PyTorch, `kernel…, in, out` in Keras; an `in` axis of a grouped convolution counts one group only;
   *   Keras's depthwise kernel×channels×multiplier is `kernel…, in, out`, and its elements are those of kernel×1×out
   * - convTranspose: `in, out, kernel…` in PyTorch (`out` counts one group), `kernel…, out, in` in Keras. What both call the fan-in
   *   of an initialiser there is out×kernel, which is the `fanOut` by these roles
   * - an embedding's table is vocabulary×features in every framework, whatever its roles (`out, in` where it is tied to a head)
   * - vectors and tables (norms, positions, slopes, Keras's 2×gates GRU bias): `feature`, or `out` for a bias
   */
  readonly axes: readonly AxisRole[];
  readonly initializer: Initializer;
  /** Where the source can name an initialiser that it does not name yet: `lead`, then the initialiser, put there. */
  readonly initializerPlace?: { readonly at: SourceSpan; readonly lead: string };
  /** The call that made the module (or the tensor). */
  readonly span: SourceSpan;
}
