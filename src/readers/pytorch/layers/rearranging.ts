import { divideSizes, dimText, type Dim } from '../../../network';
import type { ClassValue, Value } from '../../python/values';
import { layerClass, type LayerDefinition, type LayerUse } from './define';

/** What a reshape, an exchange of axes and a reshape make of a tensor: channels and space, taken apart and joined anew. */
export interface Rearrangement {
  readonly apart: readonly Dim[];
  readonly order: readonly number[];
  readonly joined: readonly Dim[];
}

/** size / divisor, as PyTorch asks it to be whole. */
function part(size: Dim, divisor: Dim): Dim {
  const rest = divideSizes([size], [divisor]);
  return rest === undefined || rest === 'unknown' ? { symbol: `${dimText(size)}/${dimText(divisor)}` } : rest;
}

const times = (size: Dim, factor: number): Dim =>
  typeof size === 'number' ? size * factor : { symbol: `${factor}·${size.symbol}` };

/** …×C·r²×H×W to …×C×rH×rW. */
export function pixelShuffle(shape: readonly Dim[], r: number): Rearrangement | undefined {
  const [channels, height, width] = shape.slice(-3);
  if (channels === undefined || height === undefined || width === undefined) return undefined;
  const lead = shape.slice(0, -3);
  const own = part(channels, r * r);
  return {
    apart: [...lead, own, r, r, height, width],
    order: after(lead, [0, 3, 1, 4, 2]),
    joined: [...lead, own, times(height, r), times(width, r)],
  };
}

/** …×C×rH×rW to …×C·r²×H×W. */
export function pixelUnshuffle(shape: readonly Dim[], r: number): Rearrangement | undefined {
  const [channels, height, width] = shape.slice(-3);
  if (channels === undefined || height === undefined || width === undefined) return undefined;
  const lead = shape.slice(0, -3);
  const [rows, columns] = [part(height, r), part(width, r)];
  return {
    apart: [...lead, channels, rows, r, columns, r],
    order: after(lead, [0, 2, 4, 1, 3]),
    joined: [...lead, times(channels, r * r), rows, columns],
  };
}

/** B×groups·C×…: the channels of all groups in turn. */
export function channelShuffle(shape: readonly Dim[], groups: number): Rearrangement | undefined {
  const [batch, channels, ...space] = shape;
  if (batch === undefined || channels === undefined) return undefined;
  return {
    apart: [batch, groups, part(channels, groups), ...space],
    order: [0, 2, 1, ...space.map((_, axis) => axis + 3)],
    joined: shape,
  };
}

function after(lead: readonly unknown[], order: readonly number[]): readonly number[] {
  return [...lead.map((_, axis) => axis), ...order.map((axis) => axis + lead.length)];
}

function rearranged(
  { add, opaque, trace, x }: LayerUse,
  of: (shape: readonly Dim[]) => Rearrangement | undefined,
): Value {
  const shape = trace.shape(x);
  const it = shape && of(shape);
  if (!it) return opaque('The axes of what is rearranged here are not known.');
  const apart = add({ kind: 'reshape', shape: it.apart });
  return add({ kind: 'reshape', shape: it.joined }, [add({ kind: 'permute', axes: it.order }, [apart])]);
}

const rearranging = (
  name: string,
  parameter: string,
  of: (shape: readonly Dim[], number: number) => Rearrangement | undefined,
): LayerDefinition => ({
  name,
  parameters: [parameter],
  make: ({ settings }) => {
    const number = settings.number(parameter, 1);
    return (use) => rearranged(use, (shape) => of(shape, number));
  },
});

export const rearrangingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [
    rearranging('PixelShuffle', 'upscale_factor', pixelShuffle),
    rearranging('PixelUnshuffle', 'downscale_factor', pixelUnshuffle),
    rearranging('ChannelShuffle', 'groups', channelShuffle),
  ].map((definition) => [definition.name, layerClass(definition)]),
);
