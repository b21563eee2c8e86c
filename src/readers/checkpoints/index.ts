export { inMemory, type CheckpointFile, type RandomAccess } from './access';
export type { Checkpoint, CheckpointFormat, CheckpointNote, TensorInfo } from './checkpoint';
export { isTrainable, type ElementType, type TensorValues } from './elements';
export { CheckpointError } from './error';
export { openFile } from './file';
export type { Hdf5Options } from './hdf5/client';
export { openCheckpoint } from './open';
export { initializerFrom, measureTensor, type TensorStatistics } from './statistics';
export { describeMatch } from './match/describe';
export {
  matchCheckpoint,
  type CheckpointMatch,
  type MatchedTensor,
  type MismatchedTensor,
  type MissingParameter,
  type UnexpectedTensor,
} from './match/match';
export { tensorTotals, type TensorTotals } from './match/totals';
