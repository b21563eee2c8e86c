import { readFile } from 'node:fs/promises';
import { streamPython } from '../python';
import type { Constructor } from './catalogue';
import { KeptAnswers } from './kept';

/** What the draws of one parameter come to, over all seeds and all elements that were looked at. */
export interface Draws {
  readonly samples: number;
  readonly mean: number;
  readonly std: number;
  /** The fourth central moment over the squared variance: 3 for a normal, 1.8 for a uniform distribution. */
  readonly kurtosis: number;
  readonly low: number;
  readonly high: number;
}

export interface ReferenceParameter {
  readonly shape: readonly number[];
  /** Absent where the model is too large to be made, or the tensor is empty. */
  readonly draws?: Draws;
}

/** A model as its framework makes it. */
export interface Reference {
  readonly seeds: number;
  /** In the framework's order. */
  readonly parameters: Readonly<Record<string, ReferenceParameter>>;
  readonly buffers: Readonly<Record<string, readonly number[]>>;
}

/** Why the framework does not make it. */
export interface NotMade {
  readonly error: string;
}

/** Of how many seeds the draws are, at the least: as many as fit in some seconds, or all ten of every model, however large. */
export type Seeds = 2 | 10;

/** Each constructor with its reference: kept ones first and at once, the others as Python makes them, one after the other. */
export async function* references(
  constructors: readonly Constructor[],
  seeds: Seeds,
): AsyncGenerator<readonly [Constructor, Reference | NotMade]> {
  const answers = await KeptAnswers.of(['dump.py', 'moments.py', 'namespaces.py']);
  const missing = new Map<string, Constructor>();
  for (const one of constructors) {
    // What is known of more seeds is good for fewer.
    const before =
      (await answers.load<Reference>(one.id, await dependencies(one, 10))) ??
      (await answers.load<Reference>(one.id, await dependencies(one, seeds)));
    if (before) yield [one, before];
    else missing.set(one.id, one);
  }
  if (missing.size === 0) return;
  const requests = [...missing.values()].map((one) => ({ ...one, seeds }));
  const stream = streamPython<(Reference | NotMade) & { readonly id: string }>('zoo/dump.py', requests);
  for await (const answer of stream) {
    const one = missing.get(answer.id);
    if (!one) throw new Error(`Python answered for ${answer.id}, which was not asked for.`);
    await answers.store(one.id, await dependencies(one, seeds), answer);
    yield [one, answer];
  }
}

/** The packages are pinned; a file of our own changes. */
async function dependencies(
  { framework, file, expression, values }: Constructor,
  seeds: Seeds,
): Promise<readonly string[]> {
  return [expression, String(values), String(seeds), framework === 'own' ? await readFile(file, 'utf8') : file];
}
