import type { Family } from '../model';
import { constantCnn } from './constantCnn';
import { constantMlp } from './constantMlp';
import { denseNet } from './denseNet';
import { embeddingBag } from './embeddingBag';
import { encoderDecoder } from './encoderDecoder';
import { funnelMlp } from './funnelMlp';
import { gatedMlp } from './gatedMlp';
import { highway } from './highway';
import { kerasCnn } from './kerasCnn';
import { kerasMlp } from './kerasMlp';
import { lstm } from './lstm';
import { normalisedCnn } from './normalisedCnn';
import { normalisedMlp } from './normalisedMlp';
import { plainCnn } from './plainCnn';
import { plainMlp } from './plainMlp';
import { postNormTransformer } from './postNormTransformer';
import { preNormTransformer } from './preNormTransformer';
import { recurrent } from './recurrent';
import { resNet } from './resNet';
import { residualMlp } from './residualMlp';
import { selfNormalising } from './selfNormalising';
import { siren } from './siren';
import { stagedMlp } from './stagedMlp';
import { stridedCnn } from './stridedCnn';

/** The zoo of the stability bench. A family says in its file which half it is in: fixed before the first threshold was chosen by it. */
export const families: readonly Family[] = [
  constantMlp,
  encoderDecoder,
  kerasMlp,
  lstm,
  normalisedMlp,
  plainCnn,
  plainMlp,
  preNormTransformer,
  residualMlp,
  constantCnn,
  denseNet,
  embeddingBag,
  funnelMlp,
  gatedMlp,
  highway,
  kerasCnn,
  normalisedCnn,
  postNormTransformer,
  recurrent,
  resNet,
  selfNormalising,
  siren,
  stagedMlp,
  stridedCnn,
];
