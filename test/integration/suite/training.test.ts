import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { picture } from '../picture';
import { useTheme } from '../theme';
import { closeEverything, codeOf, eventually, openText, warningsOf } from './gradlens';

const script = `import torch
from torch import nn

model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss()

total = 0
for step in range(1000):
    inputs = torch.randn(32, 20)
    labels = torch.randint(0, 3, (32,))
    loss = criterion(model(inputs), labels)
    loss.backward()
    optimizer.step()
    total += loss
print(total / 1000)
`;

describe('training scripts', () => {
  afterEach(closeEverything);

  it('are told what keeps them from training, at the line, with the edit that mends it', async function () {
    this.timeout(30_000);
    const { document } = await openText(script);
    const codes = (): readonly (string | undefined)[] => warningsOf(document.uri).map(codeOf);
    await eventually(
      'both are told',
      () => codes().includes('missing-zero-grad') && codes().includes('loss-kept-with-graph'),
    );
    for (const theme of ['dark', 'light'] as const) {
      await useTheme(theme);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await picture(`training-${theme}`);
    }
    const [problem] = warningsOf(document.uri).filter((one) => codeOf(one) === 'missing-zero-grad');
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title, edit }) => edit && title.startsWith('Clear the gradients'));
    assert.ok(fix?.edit, actions.map(({ title }) => title).join(', '));
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await eventually('it is mended', () => !codes().includes('missing-zero-grad'));
  });
});
