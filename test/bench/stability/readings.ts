import { createReader } from '../../../src/readers';
import { judge, type Finding } from '../../../src/rules';
import { propagate } from '../../../src/theory';
import type { SignalReport } from '../../../src/theory';
import { readerFiles } from '../../unit/readers/support/reader';
import { families } from './families';
import type { Half } from './model';
import { idOf } from './trainees';

/** What GradLens makes of a model of the zoo, from its text alone. */
export interface Reading {
  readonly id: string;
  readonly family: string;
  readonly half: Half;
  /** Its weights by path, and those of them that were built badly. */
  readonly weights: readonly string[];
  readonly suspects: ReadonlySet<string>;
  readonly report: SignalReport;
  readonly findings: readonly Finding[];
  /** What the reader did not understand. */
  readonly notes: readonly string[];
}

/** Reads, predicts and judges the zoo. @throws Error where a text does not hold one model, or its suspects are not there. */
export async function readZoo(): Promise<readonly Reading[]> {
  const reader = await createReader(readerFiles);
  try {
    return families.flatMap((family) =>
      family.models.map((model): Reading => {
        const id = idOf(family, model);
        const { networks, notes } = reader.read({ file: 'model.py', text: model.text, timeLimit: 10_000 });
        const [network, ...others] = networks;
        if (!network || others.length > 0) throw new Error(`${id}: ${networks.length} models are read of its text.`);
        const weights = network.parameters.flatMap(({ role, path }) =>
          role === 'weight' || role === 'embedding' ? [path] : [],
        );
        const suspects = new Set(weights.filter((path) => model.suspects.some((pattern) => matches(pattern, path))));
        if (model.suspects.length > 0 && suspects.size === 0)
          throw new Error(`${id}: none of ${weights.join(', ')} is a suspect.`);
        const report = propagate(network);
        return {
          id,
          family: family.name,
          half: family.half,
          weights,
          suspects,
          report,
          findings: judge(network, report, { text: model.text }),
          notes: [...notes, ...network.notes].map(({ message }) => message),
        };
      }),
    );
  } finally {
    reader.dispose();
  }
}

function matches(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}
