import { isElements } from '../../python/operators';
import { bool, float, int, ListValue, numberOf, type ClassValue, type Value } from '../../python/values';
import { compositeClass } from './composite';
import { moduleListClass, sequentialClass } from './containers';
import { linearClass } from './linear';

/** Frequent classes in the head, rare ones in tails of fewer and fewer features (Grave et al. 2017). The loss itself is not followed. */
export const adaptiveSoftmaxClass: ClassValue = compositeClass({
  name: 'AdaptiveLogSoftmaxWithLoss',
  parameters: ['in_features', 'n_classes', 'cutoffs', 'div_value', 'head_bias', 'device', 'dtype'],
  assemble: ({ settings, part, call }) => {
    const { interpreter } = call;
    const elements = interpreter.iterate(settings.args.value('cutoffs'));
    const [features, classes] = [settings.args.value('in_features'), settings.args.value('n_classes')];
    const cutoffs = isElements(elements) ? [...elements, classes].map(numberOf).filter((one) => one !== undefined) : [];
    const [shortlist = 0] = cutoffs;
    const tails = cutoffs.slice(1);
    const without = { bias: bool(false) };
    part('head', linearClass, [features, int(shortlist + tails.length)], {
      bias: settings.args.get('head_bias') ?? bool(false),
    });
    const divisor = numberOf(settings.args.get('div_value') ?? float(4)) ?? 4;
    const width = numberOf(features);
    const linear = (from: Value, to: Value): Value =>
      interpreter.call(linearClass, { positional: [from, to], keywords: new Map(Object.entries(without)) });
    const stacks = tails.map((end, index) => {
      const hidden = width === undefined ? features : int(Math.floor(width / divisor ** (index + 1)));
      return interpreter.apply(
        sequentialClass,
        linear(features, hidden),
        linear(hidden, int(end - (cutoffs[index] ?? 0))),
      );
    });
    part('tail', moduleListClass, [new ListValue(stacks)]);
  },
  inputs: ['input', 'target'],
  forward: ({ trace, inputs, site, layer }) =>
    trace.opaque('The adaptive softmax is a loss of its own: it is not followed.', inputs, site, layer),
});
