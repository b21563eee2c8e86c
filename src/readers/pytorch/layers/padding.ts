import { type Dim, type OpOf } from '../../../network';
import type { ClassValue } from '../../python/values';
import { perAxis } from '../../frameworks/sizes';
import { layerClass, type LayerDefinition } from './define';

type Mode = OpOf<'pad'>['mode'];

/** PyTorch tells the last axis first: left, right, top, bottom, front, back. */
export function padsFromLast(sizes: readonly Dim[]): OpOf<'pad'>['pads'] {
  const pairs: (readonly [Dim, Dim])[] = [];
  for (let at = 0; at < sizes.length; at += 2) pairs.unshift([sizes[at] ?? 0, sizes[at + 1] ?? 0]);
  return pairs;
}

const pad = (name: string, rank: 1 | 2 | 3, mode: Mode): LayerDefinition => ({
  name: `${name}${rank}d`,
  parameters: name === 'ConstantPad' ? ['padding', 'value'] : ['padding'],
  make: ({ settings }) => {
    const pads = padsFromLast(perAxis(settings.args.value('padding'), 2 * rank, []));
    const value = name === 'ConstantPad' ? settings.number('value', 0) : 0;
    return () => ({ kind: 'pad', pads, mode, value });
  },
});

const families = [
  ['ZeroPad', 'constant'],
  ['ConstantPad', 'constant'],
  ['ReflectionPad', 'reflect'],
  ['ReplicationPad', 'replicate'],
  ['CircularPad', 'circular'],
] as const;

export const paddingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  families
    .flatMap(([name, mode]) => ([1, 2, 3] as const).map((rank) => pad(name, rank, mode)))
    .map((definition) => [definition.name, layerClass(definition)]),
);
