import * as vscode from 'vscode';

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern' } as const;

/** Shows the window in VS Code's standard light or dark theme. */
export async function useTheme(kind: keyof typeof themes): Promise<void> {
  const wanted = kind === 'light' ? vscode.ColorThemeKind.Light : vscode.ColorThemeKind.Dark;
  const settings = vscode.workspace.getConfiguration('workbench');
  await settings.update('colorTheme', themes[kind], vscode.ConfigurationTarget.Global);
  const deadline = Date.now() + 10_000;
  while (vscode.window.activeColorTheme.kind !== wanted) {
    if (Date.now() > deadline) throw new Error(`VS Code did not change to the ${kind} theme.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
