import { concatenated } from './layers/merging';
import type { Recording } from './recording';
import type { LayerTensor } from './tensor';

/** What becomes of a sequence that was gone through forwards and backwards: `merge_mode` of `Bidirectional`. */
export function mergedBy(mode: string, both: readonly LayerTensor[], recording: Recording): LayerTensor {
  switch (mode) {
    case 'concat':
      return concatenated(both, -1, recording);
    case 'sum':
      return recording.joined({ kind: 'add' }, both);
    case 'mul':
      return recording.joined({ kind: 'multiply' }, both);
    case 'ave':
      return recording.pointwise({ kind: 'affine', factor: 0.5, offset: 0 }, recording.joined({ kind: 'add' }, both));
    default:
      return recording.opaque('How the two directions are joined is not known.', both);
  }
}
