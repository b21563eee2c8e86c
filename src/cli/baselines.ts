import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { BaselineError, baselineText, parseBaseline, withoutKnown, type Analysis } from '../analysis';
import { CannotDo } from './failure';

/**
 * What leaves out the findings that a baseline file knows.
 * @throws CannotDo where it cannot be read
 */
export async function baselineFilter(path: string): Promise<(analysis: Analysis) => Analysis> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CannotDo(
      `The baseline ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  try {
    const baseline = parseBaseline(text);
    return (analysis) => withoutKnown(analysis, baseline, nameFrom(path, analysis.file));
  } catch (error) {
    throw error instanceof BaselineError ? new CannotDo(`${path} is no baseline: ${error.message}.`) : error;
  }
}

/** Write all findings as a baseline. @throws CannotDo where the file cannot be written */
export async function writeBaseline(path: string, analyses: readonly Analysis[]): Promise<void> {
  await writeFile(
    path,
    baselineText(analyses, (file) => nameFrom(path, file)),
  ).catch((error: unknown) => {
    throw new CannotDo(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** A source's path as seen from the directory of the baseline, so that it holds wherever the command is called. */
function nameFrom(baseline: string, file: string): string {
  return relative(dirname(resolve(baseline)), resolve(file))
    .split(sep)
    .join('/');
}
