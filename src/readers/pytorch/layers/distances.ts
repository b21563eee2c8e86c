import type { Activation } from '../../../network';
import type { ClassValue, Value } from '../../python/values';
import { layerClass, type LayerDefinition, type LayerUse } from './define';

const activation = ({ add }: LayerUse, kind: Activation, x: Value): Value =>
  add({ kind: 'activation', activation: kind }, [x]);

/** x·y / (max(‖x‖, ε)·max(‖y‖, ε)) */
const cosine: LayerDefinition = {
  name: 'CosineSimilarity',
  parameters: ['dim', 'eps'],
  make: ({ settings }) => {
    const axis = settings.number('dim', 1);
    const epsilon = settings.number('eps', 1e-8);
    return (use) => {
      const args = use.arguments(['x1', 'x2']);
      const [x, y] = [args.value('x1'), args.value('x2')];
      const reduced = (how: 'sum' | 'norm', of: Value): Value =>
        use.add({ kind: 'reduce', how, axes: [axis], keepDims: false }, [of]);
      const inverse = (of: Value): Value =>
        activation(
          use,
          { kind: 'power', exponent: -1 },
          activation(use, { kind: 'threshold', threshold: epsilon, value: epsilon }, reduced('norm', of)),
        );
      const product = reduced('sum', use.add({ kind: 'multiply' }, [x, y]));
      return use.add({ kind: 'multiply' }, [product, inverse(x), inverse(y)]);
    };
  },
};

/** ‖x − y + ε‖ₚ over the last axis. */
const pairwise: LayerDefinition = {
  name: 'PairwiseDistance',
  parameters: ['p', 'eps', 'keepdim'],
  make: ({ settings }) => {
    const order = settings.number('p', 2);
    const epsilon = settings.number('eps', 1e-6);
    const keepDims = settings.flag('keepdim', false);
    return (use) => {
      const args = use.arguments(['x1', 'x2']);
      const [x, y] = [args.value('x1'), args.value('x2')];
      const negative = use.add({ kind: 'affine', factor: -1, offset: epsilon }, [y]);
      const apart = use.add({ kind: 'add' }, [x, negative]);
      if (order === 2) return use.add({ kind: 'reduce', how: 'norm', axes: [-1], keepDims }, [apart]);
      if (order === 1)
        return use.add({ kind: 'reduce', how: 'sum', axes: [-1], keepDims }, [activation(use, { kind: 'abs' }, apart)]);
      return use.opaque(`A distance of order ${order} is not followed.`, [apart]);
    };
  },
};

export const distanceClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [cosine, pairwise].map((definition) => [definition.name, layerClass(definition)]),
);
