import type { Op } from '../../network';
import { pointwise } from '../../network/moments';

/**
 * Whether an operation gives zero whatever the input of the network is: by its inputs of which that is known, and by the parameters that are
 * zero. What cannot be told is not zero.
 */
export function isZeroValue(op: Op, inputs: readonly boolean[], zeros: ReadonlySet<string>): boolean {
  const absent = (path: string | undefined): boolean => path === undefined || zeros.has(path);
  const all = inputs.length > 0 && inputs.every((zero) => zero);
  const first = inputs[0] === true;
  switch (op.kind) {
    case 'constant':
      return op.content.kind === 'fill' && op.content.value === 0;
    case 'parameter':
      return zeros.has(op.parameter);
    case 'embedding':
      return zeros.has(op.weight);
    case 'linear':
    case 'conv':
    case 'convTranspose':
      return (zeros.has(op.weight) || first) && absent(op.bias);
    case 'activation':
      return first && pointwise(op.activation).value(0) === 0;
    case 'affine':
      return (first || op.factor === 0) && op.offset === 0;
    case 'scale':
      return first || zeros.has(op.scale);
    case 'batchNorm':
    case 'layerNorm':
    case 'groupNorm':
      return (first || (op.scale !== undefined && zeros.has(op.scale))) && absent(op.shift);
    case 'multiply':
    case 'matmul':
    case 'einsum':
    case 'dynamicConv':
      return inputs.some((zero) => zero);
    case 'attention':
      return inputs[2] === true;
    case 'pad':
      return all && op.value === 0;
    case 'reduce':
      return all && op.how !== 'logSumExp';
    case 'gather':
    case 'takeAlong':
      return first;
    case 'where':
      return inputs[1] === true && inputs[2] === true;
    case 'add':
    case 'extremum':
    case 'concat':
    case 'dropout':
    case 'identity':
    case 'stopGradient':
    case 'flatten':
    case 'reshape':
    case 'permute':
    case 'squeeze':
    case 'unsqueeze':
    case 'expand':
    case 'tile':
    case 'slice':
    case 'roll':
    case 'flip':
    case 'pool':
    case 'adaptivePool':
    case 'upsample':
    case 'unfold':
    case 'localResponseNorm':
    case 'cumulative':
      return all;
    case 'input':
    case 'noise':
    case 'opaque':
    case 'recurrent':
    case 'softmax':
    case 'compare':
    case 'oneHot':
    case 'topK':
    case 'argExtremum':
      return false;
  }
}
