import type { Analysis, ModelAnalysis } from '../analysis';
import { placeText } from '../analysis/home';
import { sizeText } from '../analysis/summary';
import type { Note } from '../network';

/**
 * The page "why are there no findings here?": what was read, what was judged and what was not, in Markdown. It holds no source text.
 * @param rulesOff ids of the rules that the settings turn off
 */
export function diagnosisPage(file: string, analysis: Analysis | undefined, rulesOff: readonly string[]): string {
  const parts = [`# What GradLens read in \`${file}\``];
  if (analysis === undefined)
    parts.push('GradLens does not look at this file: the setting `gradlens.enable` is off for it.');
  else {
    if (analysis.models.length === 0)
      parts.push(
        'No model was found. A model is a class that derives from `torch.nn.Module`, or an `nn.Sequential(…)` that is assigned to a variable.',
      );
    if (analysis.notes.length > 0) parts.push('## The file', ...noteList(analysis.notes));
    for (const model of analysis.models) parts.push(`## ${model.network.name}`, ...modelPart(model));
  }
  if (rulesOff.length > 0)
    parts.push('## Rules that the settings turn off', rulesOff.map((rule) => `- \`${rule}\``).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function modelPart(model: ModelAnalysis): string[] {
  const { network, report, findings } = model;
  const opaque = network.nodes.flatMap(({ op, span }) =>
    op.kind === 'opaque'
      ? [`- ${span.file === network.span.file ? `line ${span.start.line + 1}` : placeText(span)}: ${op.reason}`]
      : [],
  );
  const operations = network.nodes.filter(({ op }) => op.kind !== 'input').length;
  const judged = report.signals.filter((signal) => signal !== undefined).length;
  return [
    sizeText(model),
    [
      `- ${operations} operations were read; the signal is predicted at ${judged} of ${network.nodes.length} nodes.`,
      report.depth === undefined
        ? '- The gradient could not be followed from the last weight layer to the first (or there are fewer than two).'
        : `- The gradient was followed over ${report.depth.steps} layers; confidence ${report.confidence}.`,
      findings.length === 0
        ? '- No rule found anything wrong in what was judged.'
        : `- Findings: ${findings.map(({ rule }) => rule).join(', ')}.`,
    ].join('\n'),
    ...(opaque.length > 0
      ? ['What is not understood, so that nothing that depends on it is judged:', opaque.join('\n')]
      : []),
    ...noteList(network.notes),
  ];
}

const noteKinds: Readonly<Record<Note['kind'], string>> = {
  contradiction: 'cannot run',
  notUnderstood: 'not understood',
  assumption: 'assumed',
};

function noteList(notes: readonly Note[]): string[] {
  return notes.length === 0
    ? []
    : [
        notes
          .map(({ kind, message, span }) => `- line ${span.start.line + 1} (${noteKinds[kind]}): ${message}`)
          .join('\n'),
      ];
}
