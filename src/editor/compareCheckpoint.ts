import * as vscode from 'vscode';
import type { CheckpointFile } from '../readers/checkpoints';
import { CannotRun } from './gate';
import type { ModelPlace } from './models';
import type { Pages } from './pages';

const endings = ['safetensors', 'pt', 'pth', 'bin', 'ckpt', 'h5', 'keras', 'npz', 'npy', 'onnx', 'json'];

/**
 * Shows which tensors of a checkpoint fit which parameters of a model, and which do not. Nothing in the file is executed, and its numbers
 * are not read.
 * @param dist where the worker is that reads HDF5
 * @param file given by who does not want to be asked
 */
export async function compareCheckpoint(
  { model: { network } }: ModelPlace,
  pages: Pages,
  dist: vscode.Uri,
  file?: vscode.Uri,
): Promise<void> {
  const chosen = file ?? (await ask(network.name));
  if (chosen === undefined) return;
  // Loaded on first use, as few need it.
  const { CheckpointError, describeMatch, matchCheckpoint, openCheckpoint, openFile, inMemory } =
    await import('../checkpoints');
  const opened = async (): Promise<CheckpointFile> =>
    chosen.scheme === 'file'
      ? openFile(chosen.fsPath)
      : inMemory(chosen.toString(), await vscode.workspace.fs.readFile(chosen), (path) =>
          Promise.resolve(vscode.workspace.fs.readFile(vscode.Uri.joinPath(chosen, '..', path))),
        );
  const name = vscode.workspace.asRelativePath(chosen);
  try {
    const checkpoint = await openCheckpoint(await opened(), {
      worker: vscode.Uri.joinPath(dist, 'hdf5-worker.mjs').fsPath,
    });
    try {
      const report = describeMatch(matchCheckpoint(network, checkpoint.tensors));
      const notes = checkpoint.notes.map(({ message }) => `- ${message}`);
      await pages.show(`${network.name} and its checkpoint`, page(network.name, name, notes, report));
    } finally {
      checkpoint.close();
    }
  } catch (error) {
    if (error instanceof CheckpointError) throw new CannotRun(`${name}: ${error.message}.`);
    throw error;
  }
}

function page(model: string, file: string, notes: readonly string[], report: string): string {
  return [
    `# ${model} and \`${file}\``,
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    '```text',
    report,
    '```\n',
  ].join('\n\n');
}

async function ask(model: string): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: `A checkpoint of ${model}`,
      openLabel: 'Compare',
      filters: { Checkpoints: endings, 'All files': ['*'] },
    })) ?? [];
  return chosen;
}
