import * as vscode from 'vscode';

/** A reason why a command does nothing now, said to the user as it is: no stack, no error in the log. */
export class CannotRun extends Error {
  constructor(
    message: string,
    /** A button that leads on: a command and its title. */
    readonly way?: { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] },
  ) {
    super(message);
  }
}

const showLog = 'Show Log';

/** The one gate through which every command and every message of a page runs, so that errors are told and logged in one place. */
export class Gate {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Registers `command`, run through the gate. */
  register(command: string, run: (...args: unknown[]) => unknown): vscode.Disposable {
    return vscode.commands.registerCommand(command, (...args: unknown[]) => this.run(command, () => run(...args)));
  }

  /** The task's result; undefined after a failure, which has then been logged and is being told. Cancellation is no failure. */
  async run<Result>(name: string, task: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      this.log.debug(name);
      return await task();
    } catch (error) {
      void this.tell(name, error);
      return undefined;
    }
  }

  private async tell(name: string, error: unknown): Promise<void> {
    if (error instanceof vscode.CancellationError) return;
    if (error instanceof CannotRun) {
      this.log.info(`${name}: ${error.message}`);
      const { way } = error;
      const choice = await vscode.window.showWarningMessage(error.message, ...(way === undefined ? [] : [way.title]));
      if (choice !== undefined && way !== undefined)
        await vscode.commands.executeCommand(way.command, ...(way.arguments ?? []));
      return;
    }
    this.log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const message = `GradLens: ${error instanceof Error ? error.message : String(error)}`;
    if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) this.log.show();
  }
}
