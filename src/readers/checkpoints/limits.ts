/** What bounds memory and time, whatever a file claims. */
export const limits = {
  /** JSON and pickles that name the tensors, in bytes; real ones stay under ten million. */
  index: 32 * 2 ** 20,
  /** What must be held in memory as a whole: a compressed part of an archive that is read here and there. */
  inflated: 512 * 2 ** 20,
  /** The values of one tensor that are asked for as a whole. */
  values: 2 ** 31,
  /** How much is read and decoded at a time, in elements. */
  piece: 2 ** 18,
  tensors: 100_000,
  axes: 64,
} as const;
