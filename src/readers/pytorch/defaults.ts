import type { AxisRole, Dim } from '../../network';
import type { InstanceValue } from '../python/values';
import type { Draw } from './draw';

/** What PyTorch draws its parameters from (2.13; torch/nn/modules). */

/** `kaiming_uniform_(a=√5)`: U(±1/√fan_in), so Var = 1/(3·fan_in). */
export const weightDraw: Draw = { kind: 'fanScaling', scale: 1 / 3, fan: 'in', shape: 'uniform' };

/** U(±1/√fan_in) with the fan-in of the weight beside it. */
export function biasDraw(weight: InstanceValue): Draw {
  return { kind: 'besideWeight', scale: 1 / 3, weight };
}

export const ones: Draw = { kind: 'constant', value: 1 };
export const zeros: Draw = { kind: 'constant', value: 0 };

/** PyTorch lays weights out as out × in × kernel. */
export function weightAxes(rank: number): readonly AxisRole[] {
  return ['out', 'in', ...Array.from({ length: rank }, (): AxisRole => 'kernel')];
}

/** in-channels of one group. */
export function groupSize(channels: Dim, groups: Dim): Dim {
  if (groups === 1) return channels;
  if (typeof channels === 'number' && typeof groups === 'number') return Math.floor(channels / groups);
  const name = (dim: Dim): string => (typeof dim === 'number' ? String(dim) : dim.symbol);
  // A depthwise convolution has one channel a group, whatever their number.
  if (typeof channels !== 'number' && typeof groups !== 'number' && channels.symbol === groups.symbol) return 1;
  return { symbol: `${name(channels)}/${name(groups)}` };
}
