import { writeFile } from 'node:fs/promises';
import { mendAll, type Analysis, type Analyzer } from '../analysis';
import type { JudgeOptions } from '../rules';
import { timeLimit, type Source } from './engine';
import { CannotDo } from './failure';
import { standardInput } from './sources';

/** Milliseconds for all fixes of one file. */
const patience = 30_000;

/**
 * Apply the proven fixes of warnings and errors to the file itself, and tell each on the standard error.
 * @throws CannotDo where the file is no plain text or cannot be written
 */
export async function mendFile(
  analyzer: Analyzer,
  source: Source,
  options: JudgeOptions & { readonly leave?: (analysis: Analysis) => Analysis },
): Promise<Source> {
  const { file, text, notebook } = source;
  if (file === standardInput) throw new CannotDo('What is read from the standard input cannot be mended in place.');
  if (notebook) {
    process.stderr.write(`${file}: a notebook is mended in the editor only.\n`);
    return source;
  }
  await analyzer.prepare(source);
  const mended = mendAll(analyzer, { ...source, timeLimit }, { ...options, patience });
  for (const { finding, fix } of mended.applied)
    process.stderr.write(`${file}: ${finding.rule} mended: ${fix.title}\n`);
  if (mended.stopped) process.stderr.write(`${file}: time was up before all fixes had been tried.\n`);
  if (mended.text !== text)
    await writeFile(file, mended.text).catch((error: unknown) => {
      throw new CannotDo(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    });
  return { ...source, text: mended.text };
}
