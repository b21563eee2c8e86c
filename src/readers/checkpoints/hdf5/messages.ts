import type { ElementType } from '../elements';

/** A tensor of a file: its path there without the leading slash. */
export interface Dataset {
  readonly path: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The sizes of the blocks that it is stored, and perhaps compressed, in. */
  readonly chunks: readonly number[] | null;
  /** How Keras calls it. */
  readonly alias?: string;
}

/** What a walk through all groups finds. Links within the file are further names of what they lead to. */
export interface Hdf5Tree {
  readonly datasets: readonly Dataset[];
  readonly groups: readonly string[];
  /** Paths of datasets that hold no numbers. */
  readonly others: readonly string[];
}

/** A part of a dataset, as a first index and sizes along the axes. */
export interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** What the worker is asked to do, one after another. */
export type Request =
  | { readonly kind: 'open'; readonly size: number; readonly shared: SharedArrayBuffer }
  | { readonly kind: 'block'; readonly path: string; readonly block: Block; readonly bytes: number }
  | { readonly kind: 'close' };

/** What each request is answered with. */
export interface Results {
  readonly open: Hdf5Tree;
  /** Little-endian, in C order. */
  readonly block: Uint8Array;
  readonly close: undefined;
}

export type Message =
  /** Bytes of the file, which the worker waits for in shared memory. */
  | { readonly kind: 'wanted'; readonly offset: number; readonly length: number }
  | { readonly kind: 'done'; readonly value: Results[keyof Results] }
  /** `broken`: the library cannot be used any more. */
  | { readonly kind: 'failed'; readonly reason: string; readonly broken: boolean };

/** Bytes that go through the shared memory at a time. Before them there is one number that says how they are. */
export const sharedBytes = 2 ** 20;
export const stateBytes = 4;
export const state = { waiting: 0, filled: 1, failed: 2 } as const;
