import type { Op } from '../../../network';
import { lastSize, type LayerDefinition } from '../define';

/** softmax(scale · Q Kᵀ) V, without heads and without a division by √features. */
const attention: LayerDefinition = {
  name: 'Attention',
  parameters: ['use_scale', 'score_mode', 'dropout'],
  build: ({ settings, weight }) => {
    const scalar = (name: string): void =>
      weight({ name, shape: [], role: 'scalar', axes: [], initializer: undefined, fallback: 'ones' });
    if (settings.flag('use_scale', false)) scalar('scale');
    if (settings.text('score_mode', 'dot') === 'concat') scalar('concat_score_weight');
  },
  call: ({ inputs, settings, called, key, recording, opaque }) => {
    const [query, value, keys = value] = inputs;
    if (!query || !value || !keys || settings.text('score_mode', 'dot') !== 'dot')
      return opaque('This attention is not understood yet.');
    const causal = called.flag('use_causal_mask', false);
    if (called.has('mask') || called.doubt !== undefined) return opaque('The mask of this attention is not known.');
    const scale = key('scale');
    const scaled =
      scale === undefined
        ? recording.natural(query)
        : recording.step({ kind: 'scale', scale }, [recording.natural(query)]);
    const op: Op = { kind: 'attention', scale: 1, causal, dropout: settings.number('dropout', 0), mask: 'none' };
    return recording.add(op, [scaled, recording.natural(keys), recording.natural(value)]);
  },
};

/** Σ scale · tanh(q + k): not understood yet, but its parameter is known. */
const additiveAttention: LayerDefinition = {
  name: 'AdditiveAttention',
  parameters: ['use_scale', 'dropout'],
  build: ({ settings, shape, weight }) => {
    if (settings.flag('use_scale', true))
      weight({
        name: 'scale',
        shape: [lastSize(shape, settings)],
        role: 'weight',
        axes: ['feature'],
        initializer: undefined,
        fallback: 'glorot_uniform',
      });
  },
  call: ({ opaque }) => opaque('Additive attention is not understood yet.'),
};

export const attentionLayers: readonly LayerDefinition[] = [attention, additiveAttention];
