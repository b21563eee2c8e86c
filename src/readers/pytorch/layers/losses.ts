import type { LossKind } from '../../../network';
import type { ClassValue } from '../../python/values';
import { lossModules } from '../loss';
import { moduleSubclass } from './define';

/** Losses of which nothing is judged. */
const others = [
  'CosineEmbeddingLoss',
  'CTCLoss',
  'GaussianNLLLoss',
  'HingeEmbeddingLoss',
  'HuberLoss',
  'KLDivLoss',
  'L1Loss',
  'MarginRankingLoss',
  'MultiLabelMarginLoss',
  'MultiLabelSoftMarginLoss',
  'MultiMarginLoss',
  'PoissonNLLLoss',
  'SmoothL1Loss',
  'SoftMarginLoss',
  'TripletMarginLoss',
  'TripletMarginWithDistanceLoss',
];

const kinds: readonly (readonly [name: string, kind: LossKind | undefined])[] = [
  ...Object.entries(lossModules),
  ...others.map((name) => [name, undefined] as const),
];

export const lossClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  kinds.map(([name, kind]) => [
    name,
    moduleSubclass(name, (_call, _module, state) => {
      state.loss = kind;
      state.lower = ({ trace, inputs, site, layer }) =>
        trace.opaque(`The loss ${name} is computed in \`forward\`.`, inputs, site, layer);
    }),
  ]),
);
