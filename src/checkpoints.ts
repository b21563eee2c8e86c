/** The readers of checkpoints as a bundle of their own: the extension loads it when a checkpoint is first asked for. */
export {
  CheckpointError,
  describeMatch,
  inMemory,
  matchCheckpoint,
  openCheckpoint,
  openFile,
} from './readers/checkpoints';
