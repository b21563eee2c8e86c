import * as vscode from 'vscode';
import { CannotRun } from './gate';

/** What a rule is called in lists. */
export interface RuleName {
  readonly id: string;
  readonly title: string;
}

/** Opens the rule's page as a rendered preview; without a rule, asks which. */
export async function explainRule(extension: vscode.Uri, rules: readonly RuleName[], asked: unknown): Promise<void> {
  const rule = rules.find(({ id }) => id === asked) ?? (asked === undefined ? await pickRule(rules) : undefined);
  if (rule === undefined) {
    if (asked !== undefined) throw new CannotRun('GradLens has no such rule.');
    return;
  }
  await showRendered(vscode.Uri.joinPath(extension, 'media', 'rules', `${rule.id}.md`));
}

/** Markdown as a preview, or as text where VS Code's Markdown extension is disabled. */
export async function showRendered(uri: vscode.Uri): Promise<void> {
  const markdown = vscode.extensions.getExtension('vscode.markdown-language-features');
  await vscode.commands.executeCommand(markdown ? 'markdown.showPreview' : 'vscode.open', uri);
}

async function pickRule(rules: readonly RuleName[]): Promise<RuleName | undefined> {
  const items = rules.map((rule) => ({ label: rule.title, description: rule.id, rule }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'The rule to explain', matchOnDescription: true }))
    ?.rule;
}
