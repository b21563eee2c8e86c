import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { allFindings, type Analysis } from '../analysis';
import { catalogue, type Finding, type Severity } from '../rules';
import type { Assets } from './assets';
import { baselineFilter, writeBaseline } from './baselines';
import { analyzeAndProve, loadAnalyzer } from './engine';
import { humanReport } from './formats/human';
import { jsonReport } from './formats/json';
import { sarifReport } from './formats/sarif';
import { mendFile } from './mend';
import { paintFor } from './paint';
import { project } from './project';
import { importedFiles, importPathOption } from './imports';
import { readSources } from './sources';

type Choice = Severity | 'off';
type Format = 'human' | 'json' | 'sarif';

interface CheckOptions {
  readonly format: Format;
  readonly rule: Readonly<Record<string, Choice>>;
  readonly importPath: readonly string[];
  readonly fix?: boolean;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

/** `gradlens check FILE…`: reads, predicts, judges. */
export function checkCommand(assets: Assets): Command {
  return new Command('check')
    .description(
      'Read PyTorch, Keras and TensorFlow.js models and say what will keep them from training. Nothing is executed.',
    )
    .addArgument(
      new Argument(
        '<file...>',
        'files in Python, JavaScript or TypeScript, notebooks, directories, or - for Python on the standard input',
      ),
    )
    .addOption(
      new Option('-f, --format <format>', 'how findings are written')
        .choices(['human', 'json', 'sarif'])
        .default('human'),
    )
    .option<Readonly<Record<string, Choice>>>(
      '-r, --rule <id=severity>',
      'take a rule as error, warning, information, or off; may be repeated',
      ruleChoice,
      {},
    )
    .option('--fix', 'write the proven fixes of warnings and errors into the files first')
    .option('--baseline <file>', 'leave out the findings that this file knows')
    .option('--write-baseline <file>', 'write all findings into this file, to be known from now on')
    .addOption(importPathOption)
    .addHelpText(
      'after',
      '\nExit code: 0 nothing at warning or above, 1 findings, 2 could not be done.\n' +
        'Examples:\n  gradlens check model.py\n  gradlens check src --format sarif > gradlens.sarif\n' +
        '  gradlens check model.py --rule vanishing-gradient=off\n  gradlens check src --fix\n' +
        '  gradlens check src --write-baseline .gradlens-baseline.json',
    )
    .action(async (names: readonly string[], given: CheckOptions) => {
      const sources = await readSources(names, process.stdin);
      const analyzer = await loadAnalyzer(assets);
      const files = importedFiles(given.importPath);
      const options = { severities: given.rule };
      const known = given.baseline === undefined ? undefined : await baselineFilter(given.baseline);
      const analyses: Analysis[] = [];
      for (const each of sources) {
        const source = { ...each, files };
        const text = given.fix
          ? await mendFile(analyzer, source, { ...options, ...(known && { leave: known }) })
          : source;
        const analysis = await analyzeAndProve(analyzer, text, options);
        analyses.push(known ? known(analysis) : analysis);
      }
      if (given.writeBaseline !== undefined) {
        await writeBaseline(given.writeBaseline, analyses);
        process.stderr.write(`${findingsOf(analyses).length} findings are written to ${given.writeBaseline}.\n`);
        return;
      }
      process.stdout.write(report(analyses, given.format));
      process.exitCode = hasWarning(analyses) ? 1 : 0;
    });
}

function report(analyses: readonly Analysis[], format: Format): string {
  switch (format) {
    case 'human':
      return humanReport(analyses, paintFor(process.stdout), Math.min(process.stdout.columns || 100, 110));
    case 'json':
      return jsonReport(analyses, project.version);
    case 'sarif':
      return sarifReport(analyses, { ...project, rules: catalogue, directory: process.cwd() });
  }
}

function findingsOf(analyses: readonly Analysis[]): readonly Finding[] {
  return analyses.flatMap((analysis) => allFindings(analysis));
}

function hasWarning(analyses: readonly Analysis[]): boolean {
  return findingsOf(analyses).some(({ severity }) => severity !== 'information');
}

function ruleChoice(text: string, before: Readonly<Record<string, Choice>>): Readonly<Record<string, Choice>> {
  const [id = '', choice = ''] = text.split('=');
  if (!catalogue.some((rule) => rule.id === id))
    throw new InvalidArgumentError(`There is no rule ‘${id}’; \`gradlens rules\` lists all.`);
  if (!isChoice(choice))
    throw new InvalidArgumentError('Say error, warning, information or off: vanishing-gradient=off.');
  return { ...before, [id]: choice };
}

function isChoice(text: string): text is Choice {
  return ['error', 'warning', 'information', 'off'].includes(text);
}
