/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import type { NodeId } from '../../network';
import { Trace } from './graph';
import type { ChannelStatistics, Value } from './operation';
import { channelAxis } from './operations/channels';
import type { Pace } from './pace';
import type { Prepared } from './prepare';

/**
 * Mean and variance of what every batch norm sees on the batch. Held constant they make the network a function of one
 * sample, which has a Jacobian. Undefined where there is no batch norm.
 */
export async function calibrate(
  { model, output, given, batch, nodes }: Prepared,
  pace: Pace,
): Promise<ReadonlyMap<NodeId, ChannelStatistics> | undefined> {
  const norms = nodes.filter(({ op }) => op.kind === 'batchNorm');
  if (norms.length === 0) return undefined;
  const trace = await Trace.run(model, given, [output], { batch, pace, pullback: false });
  const statistics = new Map<NodeId, ChannelStatistics>();
  for (const { id, inputs } of norms) {
    statistics.set(id, channelStatistics(trace.value(inputs[0] ?? -1)));
    await pace.breathe();
  }
  trace.dispose();
  return statistics;
}

function channelStatistics({ tensor, layout }: Value): ChannelStatistics {
  const { shape } = tensor;
  const axis = channelAxis(layout, shape.length);
  const channels = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((size, dim) => size * dim, 1);
  const data = tensor.dataSync<'float32'>();
  const count = data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  for (let i = 0; i < data.length; i++) mean[channelOf(i)]! += data[i]! / count;
  for (let i = 0; i < data.length; i++) {
    const channel = channelOf(i);
    variance[channel]! += (data[i]! - mean[channel]!) ** 2 / count;
  }
  return { mean: Float32Array.from(mean), variance: Float32Array.from(variance) };
}
