import * as vscode from 'vscode';
import type { PanelMessage } from '../../../src/editor/api';
import { picture } from '../picture';
import { useTheme } from '../theme';
import { closeEverything, eventually, gradlens, openExample } from './gradlens';

describe('what if', () => {
  afterEach(closeEverything);

  it('opens in the panel, asks, and shows the order-to-chaos map beside the source', async function () {
    this.timeout(30_000);
    const api = await gradlens();
    const { document } = await openExample('deep_tanh_mlp.py');
    const said: PanelMessage[] = [];
    const subscription = api.onDidReceivePanelMessage((message) => said.push(message));
    await vscode.commands.executeCommand('gradlens.whatIf', document.uri.toString(), 'DeepTanhMLP');
    await eventually('the page has asked', () => said.some(({ message }) => message.kind === 'vary'));
    for (const theme of ['dark', 'light'] as const) {
      await useTheme(theme);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await picture(`what-if-${theme}`);
    }
    subscription.dispose();
  });
});
