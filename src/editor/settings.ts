import * as vscode from 'vscode';
import type { JudgeOptions, Severity } from '../rules';

export type BackendChoice = 'auto' | 'tensorflow' | 'wasm' | 'cpu';

/** One kind of lens; each has a setting `gradlens.lens.<kind>` that hides it. */
export type LensKind = 'model' | 'finding' | 'probe';

/** The settings under `gradlens`, as package.json declares them. */
export interface Settings {
  readonly enable: boolean;
  readonly lens: Readonly<Record<LensKind, boolean>>;
  /** How rules are to be taken, by their id; a rule that is left at its default is not there. */
  readonly severities: NonNullable<JudgeOptions['severities']>;
  readonly probe: { readonly batchSize: number; readonly seed: number; readonly backend: BackendChoice };
}

/** What is set for the document (or, without one, for the workspace). */
export function settingsFor(document: vscode.TextDocument | undefined): Settings {
  const configuration = vscode.workspace.getConfiguration('gradlens', document);
  const lens = (kind: LensKind): boolean => configuration.get(`lens.${kind}`, true);
  return {
    enable: configuration.get('enable', true),
    lens: { model: lens('model'), finding: lens('finding'), probe: lens('probe') },
    severities: severities(configuration),
    probe: {
      batchSize: configuration.get('probe.batchSize', 32),
      seed: configuration.get('probe.seed', 1),
      backend: configuration.get<BackendChoice>('probe.backend', 'auto'),
    },
  };
}

function severities(configuration: vscode.WorkspaceConfiguration): Record<string, Severity | 'off'> {
  const rules = configuration.get<Readonly<Record<string, unknown>>>('rules', {});
  const isChoice = (choice: [string, unknown]): choice is [string, Severity | 'off'] =>
    choices.some((known) => known === choice[1]);
  return Object.fromEntries(Object.entries(rules).filter(isChoice));
}

const choices = ['error', 'warning', 'information', 'off'] as const;

/** Turns a rule off: in the workspace where one is open, else for the user. */
export async function turnRuleOff(rule: string): Promise<void> {
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration('gradlens').update(`rules.${rule}`, 'off', target);
}
