import { isKnown, type Dim } from '../network';

/** What is taken for a size that is not known, and how much hangs on it. */
export interface Usual {
  readonly size: number;
  /** Whether the prediction is another one for another size, and not only by a constant. */
  readonly decides: boolean;
}

/** Usual sizes of what a source seldom tells. */
export const usual = {
  /** Keys that a query looks at: the spread of an average over them is all that depends on it. */
  keys: { size: 128, decides: false },
  /** Positions that a pool averages over at the end of a convolutional network of images of 224×224. */
  pooled: { size: 49, decides: false },
  /** Steps of a recurrent layer. */
  steps: { size: 32, decides: true },
} as const satisfies Record<string, Usual>;

/** Keeps account of the sizes that a prediction was made up with. */
export class Assumptions {
  #made = false;
  #deciding = false;

  /** The size, or the usual one. */
  sizeOf(dim: Dim | undefined, { size, decides }: Usual): number {
    if (isKnown(dim)) return dim;
    this.#made = true;
    this.#deciding ||= decides;
    return size;
  }

  /** Whether any size was assumed, and whether one on which the result hangs. */
  get made(): boolean {
    return this.#made;
  }

  get deciding(): boolean {
    return this.#deciding;
  }
}
