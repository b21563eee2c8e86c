import type { ClassValue, Value } from '../../python/values';
import { applyTensorFunction } from '../functions/define';
import { tensorFunctions } from '../functions/table';
import { layerClass, type LayerDefinition } from './define';

/** A module that is a function with its settings kept. */
interface FunctionalLayer {
  readonly name: string;
  /** The settings of the constructor, in order, by the names that the function has for them. */
  readonly parameters: readonly string[];
  readonly calls: string;
  /** What the function gets beside the settings. */
  readonly fixed?: Readonly<Record<string, Value>>;
  /** What the constructor takes where it is not given. */
  readonly fallbacks?: Readonly<Record<string, Value>>;
}

const word = (value: string): Value => ({ type: 'str', value });
const truth = (value: boolean): Value => ({ type: 'bool', value });
const whole = (value: number): Value => ({ type: 'int', value });

function definitionOf({ name, parameters, calls, fixed = {}, fallbacks = {} }: FunctionalLayer): LayerDefinition {
  return {
    name,
    parameters,
    make: ({ settings, attribute }) => {
      const kept = new Map<string, Value>(Object.entries(fixed));
      for (const parameter of parameters) {
        const value = settings.args.get(parameter) ?? fallbacks[parameter];
        if (!value) continue;
        kept.set(parameter, value);
        attribute(parameter, value);
      }
      return ({ trace, layer, inputs, call, opaque }) => {
        const definition = tensorFunctions[calls];
        if (!definition) return opaque(`\`${calls}\` is not understood.`);
        const keywords = new Map([...call.keywords, ...kept]);
        return trace.as(layer, () => applyTensorFunction(calls, definition, { ...call, positional: inputs, keywords }));
      };
    },
  };
}

const layers: readonly FunctionalLayer[] = [
  {
    name: 'Upsample',
    parameters: ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor'],
    calls: 'interpolate',
    fallbacks: { mode: word('nearest') },
  },
  {
    name: 'UpsamplingNearest2d',
    parameters: ['size', 'scale_factor'],
    calls: 'interpolate',
    fixed: { mode: word('nearest') },
  },
  {
    name: 'UpsamplingBilinear2d',
    parameters: ['size', 'scale_factor'],
    calls: 'interpolate',
    fixed: { mode: word('bilinear'), align_corners: truth(true) },
  },
  { name: 'PixelShuffle', parameters: ['upscale_factor'], calls: 'pixel_shuffle' },
  { name: 'PixelUnshuffle', parameters: ['downscale_factor'], calls: 'pixel_unshuffle' },
  { name: 'ChannelShuffle', parameters: ['groups'], calls: 'channel_shuffle' },
  { name: 'Unfold', parameters: ['kernel_size', 'dilation', 'padding', 'stride'], calls: 'unfold' },
  { name: 'Fold', parameters: ['output_size', 'kernel_size', 'dilation', 'padding', 'stride'], calls: 'fold' },
  { name: 'GLU', parameters: ['dim'], calls: 'glu', fallbacks: { dim: whole(-1) } },
  { name: 'Softmin', parameters: ['dim'], calls: 'softmin' },
  { name: 'CosineSimilarity', parameters: ['dim', 'eps'], calls: 'cosine_similarity', fallbacks: { dim: whole(1) } },
  { name: 'PairwiseDistance', parameters: ['p', 'eps', 'keepdim'], calls: 'pairwise_distance' },
  ...['LocalResponseNorm', 'CrossMapLRN2d'].map((name) => ({
    name,
    parameters: ['size', 'alpha', 'beta', 'k'],
    calls: 'local_response_norm',
  })),
];

export const functionalClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  layers.map((layer) => [layer.name, layerClass(definitionOf(layer))]),
);
