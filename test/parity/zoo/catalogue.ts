import { askPython } from '../python';
import { KeptAnswers } from './kept';

/** What makes a model: an expression in the namespace of a file. */
export interface Constructor {
  /** `timm/resnet50` */
  readonly id: string;
  readonly framework: 'own' | 'torchvision' | 'timm' | 'keras' | 'transformers';
  readonly family: string;
  readonly file: string;
  readonly expression: string;
  /** Of our own files, which are read as they stand: the name of the model among all that the file holds. */
  readonly model?: string;
  /** False for what is too large to be made: only paths and shapes are known. */
  readonly values: boolean;
}

export interface Catalogue {
  /** The folder that the packages' files lie in. */
  readonly sitePackages: string;
  /** Of each family the smallest first. */
  readonly constructors: readonly Constructor[];
}

/** Every constructor that parity is shown for. */
export async function readCatalogue(): Promise<Catalogue> {
  const answers = await KeptAnswers.of(['catalogue.py']);
  const texts = [__dirname];
  const before = await answers.load<Catalogue>('catalogue', texts);
  if (before) return before;
  const answer = await askPython<Catalogue>('zoo/catalogue.py');
  await answers.store('catalogue', texts, answer);
  return answer;
}

/** The first of every family, and all models of our own. */
export function quickSelection(constructors: readonly Constructor[]): readonly Constructor[] {
  const families = new Set<string>();
  return constructors.filter(({ framework, family }) => {
    const key = `${framework}/${family}`;
    const first = !families.has(key);
    families.add(key);
    return first || framework === 'own';
  });
}
