/** What a model is fed with; see tasks.py. */
export type Task = 'vectors' | 'images' | 'imagesChannelsLast' | 'sequences' | 'tokens';

/** One model of the bench: a text that GradLens reads and PyTorch trains. */
export interface StabilityModel {
  /** Within its family: `tanh 20, default`. */
  readonly name: string;
  /** A whole Python file, which makes `model`. */
  readonly text: string;
  /**
   * The weights that are built so that the model might fail, by path, with `*` for any part of one: `net.*.weight`. Empty where it is built
   * as its authors recommend. Whether it does fail is measured.
   */
  readonly suspects: readonly string[];
}

/** Thresholds are chosen by the tuning half alone; the other one tells how well they do. */
export type Half = 'tuning' | 'heldOut';

/** Models of one architecture, which differ in depth, activation, initialiser or norm. */
export interface Family {
  readonly name: string;
  readonly half: Half;
  readonly task: Task;
  /** What comes out: Keras' models mostly end in their softmax. */
  readonly gives: 'logits' | 'probabilities';
  readonly models: readonly StabilityModel[];
}

/** What every table of a family's models has: which of the weights are drawn badly, or placed where they cannot learn. */
export interface Built {
  readonly suspects?: readonly string[];
}

/** The models of a table: their texts from their settings. */
export function modelsOf<Settings extends Built>(
  table: Readonly<Record<string, Settings>>,
  text: (settings: Settings) => string,
): readonly StabilityModel[] {
  return Object.entries(table).map(([name, settings]) => ({
    name,
    text: text(settings),
    suspects: settings.suspects ?? [],
  }));
}
