import type { ThingId } from '../../network';
import type { TrainingContext } from '../rule';

/** What computes otherwise in training than afterwards. */
export interface ModeLayers {
  readonly dropout: number;
  readonly batchNorm: number;
  /** The largest share of units that is dropped; undefined without dropout, or where it is not known. */
  readonly rate: number | undefined;
}

/** The dropout and batch norm of a model; undefined where its network is not known. */
export function modeLayersOf(model: ThingId, { networkOf }: TrainingContext): ModeLayers | undefined {
  const network = networkOf(model)?.network;
  if (!network) return undefined;
  const kinds = network.nodes.map(({ op }) => op.kind);
  const rates = network.nodes.flatMap(({ op }) => (op.kind === 'dropout' && op.rate > 0 ? [op.rate] : []));
  return {
    dropout: rates.length,
    batchNorm: kinds.filter((kind) => kind === 'batchNorm').length,
    rate: rates.length > 0 ? Math.max(...rates) : undefined,
  };
}

/** `2 dropout and 1 batch-norm layer` */
export function modeLayersText({ dropout, batchNorm }: ModeLayers): string {
  const parts = [...(dropout > 0 ? [`${dropout} dropout`] : []), ...(batchNorm > 0 ? [`${batchNorm} batch-norm`] : [])];
  return `${parts.join(' and ')} ${dropout + batchNorm === 1 ? 'layer' : 'layers'}`;
}
