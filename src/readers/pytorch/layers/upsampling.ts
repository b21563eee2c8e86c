import type { OpOf } from '../../../network';
import { numberOf, type ClassValue, type Value } from '../../python/values';
import { perAxis, type Settings } from '../../frameworks/sizes';
import { layerClass, type LayerDefinition } from './define';

type Mode = OpOf<'upsample'>['mode'];

/** By PyTorch's names: the mode, and how many axes of space it is for where that is told. */
const modes: Readonly<Record<string, { readonly mode: Mode; readonly space?: number }>> = {
  nearest: { mode: 'nearest' },
  linear: { mode: 'linear', space: 1 },
  bilinear: { mode: 'linear', space: 2 },
  trilinear: { mode: 'linear', space: 3 },
  bicubic: { mode: 'cubic', space: 2 },
};

export const upsampleParameters = ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor'];

/** `nn.Upsample` and `F.interpolate` on a tensor of so many axes. */
export function upsampleOp(settings: Settings, rank: number | undefined): OpOf<'upsample'> | OpOf<'opaque'> {
  const { args } = settings;
  const name = settings.text('mode', 'nearest');
  const known = Object.hasOwn(modes, name) ? modes[name] : undefined;
  if (!known) return { kind: 'opaque', reason: `Upsampling with mode='${name}' is not followed.` };
  const [size, factor] = [args.get('size'), args.get('scale_factor')];
  const space = known.space ?? countOf(size) ?? countOf(factor) ?? (rank === undefined ? undefined : rank - 2);
  if (space === undefined || space < 1)
    return { kind: 'opaque', reason: 'The axes of what is upsampled here are not known.' };
  const target = given(size)
    ? ({ kind: 'output', sizes: perAxis(size, space, []) } as const)
    : scaleTarget(factor, space);
  if (!target) return { kind: 'opaque', reason: 'By how much is upsampled here is not known.' };
  return { kind: 'upsample', mode: known.mode, target, alignCorners: flagOf(settings) };
}

const given = (value: Value | undefined): value is Value => value !== undefined && value.type !== 'none';

function countOf(value: Value | undefined): number | undefined {
  return value?.type === 'tuple' || value?.type === 'list' ? value.items.length : undefined;
}

function flagOf(settings: Settings): boolean {
  return given(settings.args.get('align_corners')) && settings.flag('align_corners', false);
}

function scaleTarget(factor: Value | undefined, space: number): OpOf<'upsample'>['target'] | undefined {
  const items =
    factor?.type === 'tuple' || factor?.type === 'list' ? factor.items : Array.from({ length: space }, () => factor);
  const factors = items.map(numberOf).filter((one) => one !== undefined);
  return factors.length === space ? { kind: 'scale', factors } : undefined;
}

const upsample: LayerDefinition = {
  name: 'Upsample',
  parameters: upsampleParameters,
  make:
    ({ settings }) =>
    (use) =>
      upsampleOp(settings, use.trace.shape(use.x)?.length),
};

/** The older classes with a mode in their name. */
const fixed = (name: string, mode: Mode, alignCorners: boolean): LayerDefinition => ({
  name,
  parameters: ['size', 'scale_factor'],
  make: ({ settings }) => {
    const size = settings.args.get('size');
    const target = given(size)
      ? ({ kind: 'output', sizes: perAxis(size, 2, []) } as const)
      : scaleTarget(settings.args.get('scale_factor'), 2);
    return () =>
      target
        ? { kind: 'upsample', mode, target, alignCorners }
        : { kind: 'opaque', reason: 'By how much is upsampled here is not known.' };
  },
});

export const upsamplingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [upsample, fixed('UpsamplingNearest2d', 'nearest', false), fixed('UpsamplingBilinear2d', 'linear', true)].map(
    (definition) => [definition.name, layerClass(definition)],
  ),
);
