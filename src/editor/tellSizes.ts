import * as vscode from 'vscode';
import type { Network } from '../network';
import type { ModelPlace } from './models';
import { rangeOf } from './ranges';

/**
 * Asks once how a model is made whose source does not tell its sizes, and writes the answer above it as a comment, where everybody who
 * reads the file finds it: the team, the command line, and GradLens the next time.
 * @param answer given by who does not want to be asked
 */
export async function tellSizes({ document, known, model }: ModelPlace, answer?: string): Promise<void> {
  const { network } = model;
  const text = answer ?? (await ask(network));
  if (text === undefined) return;
  const { line } = rangeOf(network.span, known.changes).start;
  const indent = /^\s*/.exec(document.lineAt(line).text)?.[0] ?? '';
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(line, 0), `${indent}# gradlens: ${text.trim()}\n`);
  await vscode.workspace.applyEdit(edit);
}

function ask(network: Network): Thenable<string | undefined> {
  const value = `${network.name}(${(network.openArguments ?? []).map((name) => `${name}=`).join(', ')})`;
  const end = value.length - 1;
  return vscode.window.showInputBox({
    title: `How ${network.name} is made`,
    prompt: 'An example call. It is written above the class as a comment: # gradlens: …',
    value,
    // Behind the first `=`: what is to be filled in.
    valueSelection: [Math.min(end, value.indexOf('=') + 1 || end), Math.min(end, value.indexOf('=') + 1 || end)],
    ignoreFocusOut: true,
    validateInput: (text) =>
      isCall(text, network.name) ? undefined : `A call of ${network.name} with numbers: ${network.name}(…)`,
  });
}

/** The name, and brackets with something in each argument. Whether it can be evaluated is told by the reading of the comment. */
function isCall(text: string, name: string): boolean {
  const call = text.trim();
  const inside = call.slice(name.length + 1, -1);
  return call.startsWith(`${name}(`) && call.endsWith(')') && !/=\s*(,|$)/.test(inside) && !call.includes('\n');
}
