import type { Op, OpKind } from '../../../network';
import type { Value } from '../../python/values';
import { tensorState } from '../tensor';
import type { NumberKind } from '../draw';
import type { Trace } from '../trace';

/** What the elements of a value are; undefined for an input of the model, of which nobody knows it. */
export function numberKindOf(value: Value | undefined, trace: Trace | undefined): NumberKind | undefined {
  if (value?.type === 'bool' || value?.type === 'int' || value?.type === 'float') return value.type;
  const state = tensorState(value);
  switch (state?.kind) {
    case 'node':
      return state.numbers ?? (trace?.builder.op(state.id)?.kind === 'input' ? undefined : 'float');
    case 'constant':
      return state.numbers;
    case 'view':
      return state.of.kind === 'constant' ? (state.own ?? state.of).numbers : 'float';
    default:
      return 'float';
  }
}

const whole: ReadonlySet<OpKind> = new Set<OpKind>(['argExtremum', 'oneHot']);
const likeFirst: ReadonlySet<OpKind> = new Set<OpKind>([
  'reshape',
  'flatten',
  'permute',
  'squeeze',
  'unsqueeze',
  'expand',
  'tile',
  'slice',
  'pad',
  'roll',
  'flip',
  'gather',
  'takeAlong',
  'identity',
  'stopGradient',
]);
const arithmetic: ReadonlySet<OpKind> = new Set<OpKind>([
  'add',
  'multiply',
  'extremum',
  'cumulative',
  'concat',
  'matmul',
]);

/** What the elements of a result are, from those of the inputs. */
export function resultKind(op: Op, inputs: readonly (NumberKind | undefined)[]): NumberKind {
  const [first = 'float', second = 'float', third = 'float'] = inputs;
  const bothWhole = inputs.every((kind) => kind === 'int' || kind === 'bool');
  if (op.kind === 'compare') return 'bool';
  if (whole.has(op.kind) || (op.kind === 'topK' && op.result === 'indices')) return 'int';
  if (likeFirst.has(op.kind)) return first;
  if (op.kind === 'where') return second === third ? second : 'float';
  if (op.kind === 'affine') {
    const stays = first !== 'float' && Number.isInteger(op.factor) && Number.isInteger(op.offset);
    return stays ? 'int' : 'float';
  }
  if (op.kind === 'reduce')
    return first !== 'float' && ['sum', 'product', 'max', 'min'].includes(op.how) ? 'int' : 'float';
  if (op.kind === 'activation' && first === 'int')
    return ['abs', 'sign', 'floor', 'round', 'square', 'relu'].includes(op.activation.kind) ? 'int' : 'float';
  if (arithmetic.has(op.kind) && bothWhole) return op.kind === 'concat' || op.kind === 'extremum' ? first : 'int';
  return 'float';
}
