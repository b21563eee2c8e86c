import { bool, float, numberOf, type Call, type Value } from '../../python/values';
import { makeTensor, tensorState } from '../tensor';
import { Arithmetic } from './arithmetic';
import { compute, traceOf } from './compute';
import { function_, type FunctionUse, type TensorFunction } from './define';

const dropout = (variant: 'element' | 'channel' | 'alpha'): TensorFunction =>
  function_(['p', 'training', 'inplace'], (use) => {
    const given = use.args.get('p');
    const rate = given ? numberOf(given) : 0.5;
    if (use.interpreter.truth(use.args.get('training') ?? bool(true)) === false || rate === 0) return use.x;
    if (rate === undefined) {
      use.trace?.assume('Judged without this dropout: its rate is not known.', use.site);
      return use.add({ kind: 'identity' });
    }
    return use.add({ kind: 'dropout', rate, variant });
  });

/** 1 with probability p, else 0: u < p. */
function bernoulli(shapedLike: Value, p: Value, call: Call): Value | undefined {
  const trace = traceOf(call);
  const state = tensorState(shapedLike);
  if (!trace || !state) return undefined;
  const shape = state.kind === 'constant' ? state.shape : trace.shape(shapedLike);
  const noise = shape
    ? trace.add({ kind: 'noise', distribution: 'uniform', shape }, [], call.site)
    : trace.add({ kind: 'noise', distribution: 'uniform' }, [shapedLike], call.site);
  const drawn = tensorState(compute({ kind: 'compare', operator: 'less' }, [noise, p], call));
  return drawn?.kind === 'node' ? makeTensor({ ...drawn, numbers: 'float' }, call.site) : undefined;
}

/** A standard draw of the shape of x, in a `forward` only. */
function noiseLike(use: FunctionUse, distribution: 'normal' | 'uniform'): Value {
  const { trace } = use;
  if (!trace) return use.opaque('Noise is drawn here.');
  const shape = use.shape();
  return trace.add({ kind: 'noise', distribution, ...(shape ? { shape } : {}) }, shape ? [] : [use.x], use.site);
}

/** softmax((x + g)/τ) with g = −ln(−ln u) (Jang et al. 2017). */
const gumbelSoftmax = function_(['tau', 'hard', 'eps', 'dim'], (use) => {
  const axis = use.axis(-1);
  if (use.flag('hard', false) || axis === undefined) return use.opaque('A hard `gumbel_softmax` is not understood.');
  const a = new Arithmetic(use.call);
  const log = (x: Value): Value => a.activation(x, { kind: 'log', offset: 0 });
  const gumbel = a.affine(log(a.affine(log(noiseLike(use, 'uniform')), -1, 0)), -1, 0);
  const logits = a.divide(a.add(use.x, gumbel), float(use.settings.number('tau', 1)));
  return use.add({ kind: 'softmax', axis, log: false }, [logits]);
});

export const randomFunctions: Readonly<Record<string, TensorFunction>> = {
  dropout: dropout('element'),
  dropout1d: dropout('channel'),
  dropout2d: dropout('channel'),
  dropout3d: dropout('channel'),
  alpha_dropout: dropout('alpha'),
  feature_dropout: dropout('channel'),
  gumbel_softmax: gumbelSoftmax,
  bernoulli: function_(['p'], (use) => {
    const p = use.given('p');
    return bernoulli(use.x, p ?? use.x, use.call) ?? use.opaque('Truth values are drawn here.');
  }),
};

/** Draws in place that a `forward` makes anew with every call: `x.bernoulli_(keep)`, `mask.uniform_(0, 1)`. */
export const drawsInPlace: Readonly<Record<string, TensorFunction>> = {
  bernoulli_: function_(['p'], (use) => {
    const drawn = bernoulli(use.x, use.given('p') ?? float(0.5), use.call);
    return drawn ?? use.opaque('Truth values are drawn here.');
  }),
  uniform_: function_(['from', 'to'], (use) => {
    const [low, high] = [use.settings.number('from', 0), use.settings.number('to', 1)];
    return use.add({ kind: 'affine', factor: high - low, offset: low }, [noiseLike(use, 'uniform')]);
  }),
  normal_: function_(['mean', 'std'], (use) => {
    const [mean, std] = [use.settings.number('mean', 0), use.settings.number('std', 1)];
    return use.add({ kind: 'affine', factor: std, offset: mean }, [noiseLike(use, 'normal')]);
  }),
};
