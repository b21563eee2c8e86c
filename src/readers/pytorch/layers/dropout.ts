import type { OpOf } from '../../../network';
import { numberOf, reasonOf, type ClassValue } from '../../python/values';
import { layerClass, sharedBase, type LayerDefinition } from './define';

type Variant = OpOf<'dropout'>['variant'];

/** `nn.modules.dropout._DropoutNd` */
export const dropoutBase = sharedBase('_DropoutNd');

const dropout = (name: string, variant: Variant): LayerDefinition => ({
  name,
  base: dropoutBase,
  parameters: ['p', 'inplace'],
  make: ({ settings }) => {
    const given = settings.args.get('p');
    const rate = given ? numberOf(given) : 0.5;
    return ({ trace, layer }) => {
      if (rate !== undefined) return { kind: 'dropout', rate, variant };
      // Dropout only adds noise: without it everything else still holds, and it is said.
      const reason = given?.type === 'unknown' ? reasonOf(given) : 'its rate is not understood';
      trace.assume(`Judged without this dropout: ${reason}.`, layer.site);
      return { kind: 'identity' };
    };
  },
});

export const dropoutClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  (
    [
      ['Dropout', 'element'],
      ['Dropout1d', 'channel'],
      ['Dropout2d', 'channel'],
      ['Dropout3d', 'channel'],
      ['AlphaDropout', 'alpha'],
      ['FeatureAlphaDropout', 'alpha'],
    ] as const
  ).map(([name, variant]) => [name, layerClass(dropout(name, variant))]),
);
