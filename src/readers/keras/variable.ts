import type { AxisRole, InitializerOrigin, ParameterRole, Shape } from '../../network';
import type { Journaled } from '../evaluation/journal';
import { notKnown, type Draw } from '../kerasLayers/initializers';
import { reasonOf, type UnknownValue } from '../python/values';

export interface DrawState {
  readonly draw: Draw;
  readonly origin: InitializerOrigin;
}

/** The hidden state of a `keras.Variable`. What it is drawn from may change, and the journal can take that back. */
export class VariableState implements Journaled<DrawState> {
  draw: Draw;
  origin: InitializerOrigin;

  constructor(
    /** As Keras spells it: `block/dense/kernel`. It is fixed when the variable is made. */
    readonly path: string,
    /** The path, told apart from those of other variables that Keras spells alike: what operations name it by. */
    readonly key: string,
    readonly shape: Shape,
    /** What is not known of a variable when it is made is told by what it is used for. */
    public role: ParameterRole,
    public axes: readonly AxisRole[],
    readonly trained: boolean,
    { draw, origin }: DrawState,
  ) {
    this.draw = draw;
    this.origin = origin;
  }

  capture(): DrawState {
    return { draw: this.draw, origin: this.origin };
  }

  restore({ draw, origin }: DrawState): void {
    this.draw = draw;
    this.origin = origin;
  }

  join(a: DrawState, b: DrawState, unknown: UnknownValue): void {
    this.restore(a.draw === b.draw ? a : { draw: notKnown(reasonOf(unknown)), origin: a.origin });
  }
}
