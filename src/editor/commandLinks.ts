import { Uri } from 'vscode';
import type { CommandId } from './commandIds';

/** A link that runs a command. */
export function commandUri(command: CommandId, ...args: readonly unknown[]): Uri {
  return Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify(args))}`);
}
