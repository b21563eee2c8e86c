import { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '../rules';
import type { Assets } from './assets';
import { CannotDo } from './failure';
import { paintFor, severityPaint } from './paint';

/** `gradlens rules`: the catalogue. */
export function rulesCommand(): Command {
  return new Command('rules').description('List the rules with their default severities.').action(() => {
    const paint = paintFor(process.stdout);
    const width = Math.max(...catalogue.map(({ id }) => id.length));
    for (const { id, title, defaultSeverity } of catalogue) {
      const severity = severityPaint(paint, defaultSeverity)(defaultSeverity.padEnd('information'.length));
      process.stdout.write(`${paint.bold(id.padEnd(width))}  ${severity}  ${title}\n`);
    }
  });
}

/** `gradlens explain RULE`: the rule's page. */
export function explainCommand({ rulePages }: Assets): Command {
  return new Command('explain')
    .description('Print the page of a rule: what it finds, why, and what mends it.')
    .argument('<rule>', 'the id of a rule')
    .action(async (id: string) => {
      if (!catalogue.some((rule) => rule.id === id))
        throw new CannotDo(`There is no rule ‘${id}’; \`gradlens rules\` lists all.`);
      process.stdout.write(await readFile(join(rulePages, `${id}.md`), 'utf8'));
    });
}
