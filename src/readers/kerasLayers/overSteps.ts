import type { Recording } from './recording';
import type { LayerTensor } from './tensor';

/** The same for every step of batch × steps × …: steps and batch as one axis, and apart again. */
export function overSteps(
  x: LayerTensor,
  recording: Recording,
  apply: (rows: LayerTensor) => LayerTensor | undefined,
): LayerTensor {
  const [batch, steps, ...sample] = x.shape ?? [];
  if (batch === undefined || steps === undefined)
    return recording.opaque('What is done at every step is not known.', [x]);
  const rows = recording.add({ kind: 'reshape', shape: [-1, ...sample] }, [recording.natural(x)]);
  const result = apply(rows);
  const after = result?.shape;
  if (!result || !after) return recording.opaque('The shape of what is done at every step is not known.', [x]);
  return recording.add({ kind: 'reshape', shape: [-1, steps, ...after.slice(1)] }, [recording.natural(result)]);
}
