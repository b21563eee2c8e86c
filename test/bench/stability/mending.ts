import { applyEdits, createAnalyzer } from '../../../src/analysis';
import { createReader } from '../../../src/readers';
import { readerFiles } from '../../unit/readers/support/reader';
import { families } from './families';
import { readLabels } from './labels';
import { fails } from './measurement';
import { idOf, traineeOf, type Trainee } from './trainees';

/** A failing model after one proven fix. */
export interface Mended {
  readonly rule: string;
  readonly trainee: Trainee;
}

/** The models that fail as they are written, each mended by every proven fix of its warnings and errors; what is alike once. */
export async function mendedModels(): Promise<readonly Mended[]> {
  const labels = readLabels('labels.json');
  const reader = await createReader(readerFiles);
  try {
    const analyzer = createAnalyzer(reader);
    return families.flatMap((family) =>
      family.models.flatMap((written): readonly Mended[] => {
        const id = idOf(family, written);
        const label = labels[id]?.label;
        if (label === undefined || !fails(label)) return [];
        const source = { file: 'model.py', text: written.text, timeLimit: 10_000 };
        const claims = analyzer
          .analyze(source)
          .models.flatMap((model) => model.findings.map((finding) => ({ model, finding })))
          .filter(({ finding }) => finding.severity !== 'information');
        const mended = new Map<string, Mended>();
        for (const { model, finding } of claims)
          for (const fix of finding.fixes) {
            if (!analyzer.proveFix({ ...source, model, finding, fix })) continue;
            const text = applyEdits(written.text, fix.edits);
            if (!mended.has(text))
              mended.set(text, { rule: finding.rule, trainee: traineeOf(`${id} → ${fix.title}`, text, family) });
          }
        return [...mended.values()];
      }),
    );
  } finally {
    reader.dispose();
  }
}
