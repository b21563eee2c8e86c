/**
 * Why a checkpoint, or a tensor of it, cannot be read, in words for people. Whatever a file holds, this room throws nothing else
 * for it.
 */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
