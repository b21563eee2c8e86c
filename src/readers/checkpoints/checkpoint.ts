import type { ElementType, TensorValues } from './elements';

/** A tensor by its outside: what can be said without reading its numbers. Plain data. */
export interface TensorInfo {
  /** As the file spells it; levels of nested containers are joined by dots: `state_dict.layer1.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** An earlier tensor whose numbers these are, too: tied weights. */
  readonly sharedWith?: string;
  /** Where the file tells parameters from buffers. */
  readonly role?: 'parameter' | 'buffer';
  /** Further names that the file gives it: `dense/kernel` of `layers/dense/vars/0`. */
  readonly aliases?: readonly string[];
}

/** A tensor of an open file. */
export interface StoredTensor {
  readonly info: TensorInfo;
  /** Its numbers in C order, a bounded piece at a time. @throws CheckpointError where they cannot be read */
  readonly pieces: () => AsyncIterable<TensorValues>;
}

export type CheckpointFormat =
  | 'safetensors'
  | 'PyTorch'
  | 'PyTorch (legacy)'
  | 'pickle'
  | 'NumPy array'
  | 'NumPy archive'
  | 'Keras weights'
  | 'Keras model'
  | 'HDF5'
  | 'ONNX'
  | 'TensorFlow.js';

/** What the file holds beside the tensors that are listed. */
export interface CheckpointNote {
  /** `code`: loading it the usual way would call what is named. `notRead`: something that may be a tensor is not listed. */
  readonly kind: 'code' | 'notRead';
  readonly message: string;
}

/** What a reader of one format answers. */
export interface Contents {
  readonly format: CheckpointFormat;
  readonly tensors: readonly StoredTensor[];
  readonly notes: readonly CheckpointNote[];
  /** Frees what the format's library holds. */
  readonly release?: () => void;
}

/** An open checkpoint: its tensors by name, and their numbers on demand. */
export interface Checkpoint {
  /** The file that was opened: a path or a URI. */
  readonly file: string;
  readonly format: CheckpointFormat;
  readonly tensors: readonly TensorInfo[];
  readonly notes: readonly CheckpointNote[];
  /**
   * The numbers of a tensor in C order, a bounded piece at a time.
   * @throws CheckpointError where there is no such tensor or it cannot be read
   */
  pieces(name: string): AsyncIterable<TensorValues>;
  /** All numbers of a tensor in C order. @throws CheckpointError as `pieces`, and where they are too many */
  values(name: string): Promise<TensorValues>;
  close(): void;
}
