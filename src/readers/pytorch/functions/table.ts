import { bool, numberOf, type Value } from '../../python/values';
import { activationFunctions } from '../layers/activations';
import { implicitSoftmaxAxis } from '../layers/softmax';
import { adaptivePoolOp, averagePoolParameters, maxPoolFunctionParameters, poolOp } from '../layers/pooling';
import { tensorArithmetic } from './arithmetic';
import type { FunctionUse, TensorFunction } from './define';
import { normalisationFunctions } from './normalisation';
import { shapingFunctions } from './shaping';

const same: TensorFunction = { parameters: [], apply: ({ x }) => x, passes: true };

const activations: Readonly<Record<string, TensorFunction>> = Object.fromEntries(
  Object.entries(activationFunctions).map(([name, form]) => [
    name,
    {
      parameters: form.parameters,
      apply: (use: FunctionUse) => {
        const activation = form.of(use.settings);
        return use.add({ kind: 'activation', activation });
      },
    },
  ]),
);

const softmax = (log: boolean): TensorFunction => ({
  parameters: ['dim'],
  apply: (use) => {
    const given = numberOf(use.args.get('dim'));
    return use.add({ kind: 'softmax', axis: given ?? implicitSoftmaxAxis(use.trace.shape(use.x)?.length), log });
  },
});

const dropout = (variant: 'element' | 'channel' | 'alpha'): TensorFunction => ({
  parameters: ['p', 'training', 'inplace'],
  apply: (use) => {
    const given = use.args.get('p');
    const rate = given ? numberOf(given) : 0.5;
    if (use.interpreter.truth(use.args.get('training') ?? bool(true)) === false) return use.x;
    if (rate === undefined) {
      use.trace.assume('Judged without this dropout: its rate is not known.', use.site);
      return use.add({ kind: 'identity' });
    }
    return use.add({ kind: 'dropout', rate, variant });
  },
});

const pools = Object.fromEntries(
  ([1, 2, 3] as const).flatMap((rank): readonly (readonly [string, TensorFunction])[] => [
    [
      `max_pool${rank}d`,
      { parameters: maxPoolFunctionParameters, apply: (use) => use.add(poolOp(use.settings, 'max', rank)) },
    ],
    [
      `avg_pool${rank}d`,
      { parameters: averagePoolParameters, apply: (use) => use.add(poolOp(use.settings, 'average', rank)) },
    ],
    [
      `adaptive_avg_pool${rank}d`,
      {
        parameters: ['output_size'],
        apply: (use) => use.add(adaptivePoolOp(use.args.get('output_size'), 'average', rank)),
      },
    ],
    [
      `adaptive_max_pool${rank}d`,
      {
        parameters: ['output_size'],
        apply: (use) => use.add(adaptivePoolOp(use.args.get('output_size'), 'max', rank)),
      },
    ],
  ]),
);

const binary = (operator: '+' | '-' | '*' | '/'): TensorFunction => ({
  parameters: ['other'],
  apply: ({ x, args }): Value => tensorArithmetic(operator, x, args.value('other'), args.call),
});

/** Everything that is understood of `torch.*`, `torch.nn.functional.*` and the methods of a tensor, by its name. */
export const tensorFunctions: Readonly<Record<string, TensorFunction>> = {
  ...activations,
  ...shapingFunctions,
  ...normalisationFunctions,
  ...pools,
  softmax: softmax(false),
  log_softmax: softmax(true),
  dropout: dropout('element'),
  dropout1d: dropout('channel'),
  dropout2d: dropout('channel'),
  dropout3d: dropout('channel'),
  alpha_dropout: dropout('alpha'),
  add: binary('+'),
  sub: binary('-'),
  mul: binary('*'),
  multiply: binary('*'),
  div: binary('/'),
  contiguous: same,
  clone: same,
  float: same,
  to: same,
  cuda: same,
  cpu: same,
  type_as: same,
};
