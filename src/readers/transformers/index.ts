import type { Framework } from '../frameworks/framework';
import { knownModule } from './knownModules';

/**
 * Hugging Face's `transformers`: models are read from their own files, as all code is, and so they are those of the version that
 * is there. What surrounds them (base classes, decorators, masks, caches) is known here.
 */
export function withTransformers(framework: Framework): Framework {
  return { ...framework, words: [...framework.words, 'transformers'], knownModule };
}
