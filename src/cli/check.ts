import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Analysis } from '../analysis';
import { catalogue, type Severity } from '../rules';
import type { Assets } from './assets';
import { analyzeAndProve, loadAnalyzer } from './engine';
import { humanReport } from './formats/human';
import { jsonReport } from './formats/json';
import { sarifReport } from './formats/sarif';
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
    .addOption(importPathOption)
    .addHelpText(
      'after',
      '\nExit code: 0 nothing at warning or above, 1 findings, 2 could not be done.\n' +
        'Examples:\n  gradlens check model.py\n  gradlens check src --format sarif > gradlens.sarif\n' +
        '  gradlens check model.py --rule vanishing-gradient=off',
    )
    .action(async (names: readonly string[], options: CheckOptions) => {
      const sources = await readSources(names, process.stdin);
      const analyzer = await loadAnalyzer(assets);
      const files = importedFiles(options.importPath);
      const analyses: Analysis[] = [];
      for (const source of sources)
        analyses.push(await analyzeAndProve(analyzer, { ...source, files }, { severities: options.rule }));
      process.stdout.write(report(analyses, options.format));
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

function hasWarning(analyses: readonly Analysis[]): boolean {
  return analyses.some(({ models }) =>
    models.some(({ findings }) => findings.some(({ severity }) => severity !== 'information')),
  );
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
