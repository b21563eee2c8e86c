import { shapeText } from '../../../network';
import type { Elsewhere } from './kinds';
import type { CheckpointMatch } from './match';

/** Lines of one list that are shown; the rest is counted. */
const shown = 20;

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** How a checkpoint and a network fit, for people: what does not fit first, one line each. */
export function describeMatch(match: CheckpointMatch): string {
  const { matched, mismatched, missing, unexpected } = match;
  const expected = matched.length + mismatched.length + missing.length;
  const all = matched.length === expected && unexpected.length === 0;
  const summary = all
    ? `All ${expected} parameters match.`
    : `${matched.length} of ${expected} parameters match; ${mismatched.length} with another shape, ${missing.length} missing, ${unexpected.length} unexpected.`;
  return [summary, ...prefixLines(match), ...sections(match).flatMap(sectionLines)].join('\n');
}

const kinds: Readonly<Record<Elsewhere['kind'], string>> = {
  optimizer: 'the state of an optimiser',
  average: 'averaged weights',
  other: 'weights of something else',
};

function prefixLines({ prefixes: { tensors, parameters }, elsewhere }: CheckpointMatch): readonly string[] {
  const foreign = elsewhere.reduce((sum, { kind, count }) => sum + (kind === 'other' ? count : 0), 0);
  return [
    ...(foreign === 0 ? [] : [`The model is a part of what was saved: ${foreign} tensors are of something else.`]),
    ...(tensors === '' ? [] : [`Names in the checkpoint start with ‘${tensors}’.`]),
    ...(parameters === '' ? [] : [`The checkpoint is of the part ‘${parameters.slice(0, -1)}’.`]),
  ];
}

function sections(match: CheckpointMatch): readonly Section[] {
  const renamed = match.matched.filter(({ reason }) => reason !== undefined);
  return [
    {
      title: 'Another shape',
      lines: match.mismatched.map(
        ({ parameter, expected, found, reason }) =>
          `${parameter}: ${sizes(found)} instead of ${shapeText(expected)}; ${reason}`,
      ),
    },
    {
      title: 'Missing',
      lines: match.missing.map((one) => `${one.parameter} (${shapeText(one.shape)}): ${one.reason}`),
    },
    { title: 'Unexpected', lines: match.unexpected.map((one) => `${one.tensor} (${sizes(one.shape)}): ${one.reason}`) },
    {
      title: 'Matched by another name',
      lines: renamed.map((one) => `${one.parameter} is ${one.tensor}: ${one.reason ?? ''}`),
    },
    { title: 'Tied', lines: match.tied.map((one) => `${one.tensor} is ${one.with}`) },
    { title: 'Buffers', lines: byReason(match.buffers) },
    {
      title: 'Not weights of the model',
      lines: match.elsewhere.map((one) => `${one.group}: ${one.count}, ${kinds[one.kind]}`),
    },
  ];
}

function sectionLines({ title, lines }: Section): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - shown;
  return [
    `${title}:`,
    ...lines.slice(0, shown).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** Buffers are many and seldom of interest. */
function byReason(buffers: CheckpointMatch['buffers']): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reason } of buffers) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count}: ${reason}`);
}

function sizes(shape: readonly number[]): string {
  return shape.length === 0 ? 'a single number' : shapeText(shape);
}
